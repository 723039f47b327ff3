import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunFolder } from './run-folder.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fgr-folder-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('ignores itself', () => {
  execFileSync('git', ['init', '--quiet', directory]);
  RunFolder.make(directory).append({ name: 'test', attempt: 1 }, ['a line']);
  expect(execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: directory, encoding: 'utf8' })).toBe('');
});

it('has the log of every try, and of the run before nothing but the caches', () => {
  const before = RunFolder.make(directory);
  before.append({ name: 'old', attempt: 1 }, ['old']);
  mkdirSync(before.cache);
  const folder = RunFolder.make(directory);
  folder.append({ name: 'rspec: [a/b, c] 1/3', attempt: 1 }, ['one']);
  folder.append({ name: 'rspec: [a/b, c] 1/3', attempt: 1 }, ['two']);
  folder.append({ name: 'rspec: [a/b, c] 1/3', attempt: 2 }, ['again']);
  const jobs = join(folder.path, 'jobs');
  expect(readdirSync(folder.cache)).toEqual([]);
  expect(readdirSync(jobs)).toEqual(['rspec: [a%2fb, c] 1%2f3']);
  expect(readFileSync(join(jobs, 'rspec: [a%2fb, c] 1%2f3', 'log.txt'), 'utf8')).toBe('one\ntwo\n');
  expect(readFileSync(join(jobs, 'rspec: [a%2fb, c] 1%2f3', 'log.2.txt'), 'utf8')).toBe('again\n');
});

it('stays inside itself, and keeps jobs apart, whatever they are called', () => {
  const folder = RunFolder.make(directory);
  const name = fc.string({ minLength: 1, maxLength: 255, unit: fc.constantFrom('.', '/', '%', '\0', '\n', ' ', 'a', 'ü', '漢', '2', 'f') });
  fc.assert(
    fc.property(name, name, (one, other) => {
      fc.pre(one !== other);
      const path = folder.logOf({ name: one, attempt: 1 });
      expect(path).not.toBe(folder.logOf({ name: other, attempt: 1 }));
      expect(path.split('/')).toHaveLength(3);
      expect(Buffer.byteLength(path.split('/')[1] ?? '')).toBeLessThanOrEqual(255);
      expect(path.split('/')[1]).not.toMatch(/^\.|^$/);
    }),
  );
});
