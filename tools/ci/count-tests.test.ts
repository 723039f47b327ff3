import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./count-tests.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'count-tests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lastLineFor(files: readonly { readonly status: string; readonly tests: readonly string[] }[]): string | undefined {
  const testResults = files.map(({ status, tests }) => ({
    status,
    name: 'a.test.ts',
    message: '',
    assertionResults: tests.map((test, at) => ({ status: test, fullName: `test ${at}` })),
  }));
  const report = join(folder, 'report.json');
  writeFileSync(report, JSON.stringify({ testResults }));
  return spawnSync(process.execPath, [program, report], { encoding: 'utf8' }).stdout.trim().split('\n').at(-1);
}

describe('counting tests', () => {
  it('counts what passed and what failed', () => {
    expect(lastLineFor([{ status: 'failed', tests: ['passed', 'passed', 'failed'] }])).toBe('tests: 2 1');
  });

  it('counts a skip that is not in the list as a failure', () => {
    expect(lastLineFor([{ status: 'passed', tests: ['passed', 'skipped'] }])).toBe('tests: 1 1');
    expect(lastLineFor([{ status: 'passed', tests: ['passed', 'todo'] }])).toBe('tests: 1 1');
  });

  it('counts a file that could not be run as a failure', () => {
    expect(lastLineFor([{ status: 'failed', tests: [] }])).toBe('tests: 0 1');
  });
});
