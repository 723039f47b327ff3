import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startGitLabEmulatorProcess } from './process.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
const execArgv = ['--conditions=source', '--import', 'tsx'];

test('the emulator runs as a process of its own, and stops with it', async () => {
  const gitlab = await startGitLabEmulatorProcess({ firstJobId: '9007199254740993' }, { entry, execArgv });
  expect((await gitlab.control.enqueueJob()).id).toBe('9007199254740993');
  await Promise.all([gitlab.stop(), gitlab.stop()]);
  await expect(fetch(gitlab.url)).rejects.toThrow('fetch failed');
});

test('the process exits with 0 when its standard input ends, if it was told to go with its parent', async () => {
  const child = spawn(process.execPath, [...execArgv, entry, '--options', '{"exitWithParent":true}'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('an option of a wrong type ends the process before it listens', async () => {
  const child = spawn(process.execPath, [...execArgv, entry, '--options', '{"port":"x"}'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (piece: Buffer) => {
    words += piece;
  });
  const [code] = await once(child, 'close');
  expect([code, words]).toEqual([1, expect.stringContaining('FR_GITLAB_EMULATOR_BAD_JSON')]);
});
