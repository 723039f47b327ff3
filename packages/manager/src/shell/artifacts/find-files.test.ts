import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHELLS, type Shell, WorkerRig } from '../worker-rig.contract.ts';
import { FIND_FUNCTIONS, findFiles } from './find-files.ts';

/** What is found untracked in a project that was made so, by a script whose pipes may fail, and what is said. */
async function untracked(shell: Shell, make: string) {
  await using rig = await WorkerRig.start(shell);
  const project = join(rig.folder, 'project');
  const list = join(rig.folder, 'list');
  await mkdir(project);
  const find = findFiles({ paths: [], exclude: [], untracked: true }, { projectDir: project, list }, () => undefined);
  const strict = 'case "$(set -o)" in *pipefail*) set -o pipefail ;; esac';
  const { code, output } = await rig.run([strict, 'set -o errexit', 'cd project', make, FIND_FUNCTIONS, ...find].join('\n'));
  return { code, output, names: (await readFile(list, 'utf8')).split('\n').filter(Boolean) };
}

describe.each(SHELLS)('untracked files under $name', (shell) => {
  it('are found whatever their names, but for names with a line feed, of which no part is found either', async () => {
    const make = String.raw`git init -q .; touch tracked; git add tracked; touch 'a b' '"q" \ é ✓' "$(printf 'one\ntwo')" one`;
    const { code, output, names } = await untracked(shell, make);
    expect([code, names], output).toEqual([0, ['./"q" \\ é ✓', './a b', './one']]);
    expect(output).toContain('untracked: found 3 files\n');
  });

  it('are none in a repository where all is tracked', async () => {
    const { code, output, names } = await untracked(shell, 'git init -q .; touch tracked; git add tracked');
    expect([code, names, output]).toEqual([0, [], 'untracked: found 0 files\n']);
  });

  it('are none outside of a repository, which is said and fails nothing', async () => {
    const { code, output, names } = await untracked(shell, 'touch file');
    expect([code, names]).toEqual([0, []]);
    expect(output).toContain('fatal: not a git repository');
    expect(output).toContain('WARNING: untracked: git can not tell which files are untracked');
  });
});
