import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeSnapshot } from './snapshot.ts';

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fgr-snapshot-'));
  folder = join(root, 'my project');
  mkdirSync(folder);
  mkdirSync(join(root, 'scratch'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): string {
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  return execFileSync('git', [...author, ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function commit(content: string): void {
  writeFileSync(join(folder, 'file'), content);
  git('add', '--all');
  git('commit', '--quiet', '--message', content);
}

/** What a job would check out: the files of the snapshot, fetched as a runner does. */
async function checkedOut(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const snapshot = await takeSnapshot({ directory: folder, scratch: join(root, 'scratch') }, environment);
  const clone = join(root, 'clone');
  execFileSync('git', ['clone', '--quiet', '--depth=20', `file://${snapshot.repository}`, '--branch', snapshot.ref, clone], {
    stdio: 'pipe',
  });
  const read = (name: string) =>
    existsSync(join(clone, name)) ? execFileSync('cat', [join(clone, name)], { encoding: 'utf8' }) : undefined;
  return { snapshot, read };
}

describe('a snapshot', () => {
  it('is the commit itself where nothing differs from it', async () => {
    git('init', '--quiet', '--initial-branch=trunk');
    commit('one');
    const { snapshot, read } = await checkedOut();
    expect(snapshot).toMatchObject({ ref: 'trunk', sha: git('rev-parse', 'HEAD'), projectPath: 'local/my-project' });
    expect(read('file')).toBe('one');
  });

  it('of a detached HEAD is that commit, and what was changed on top of it', async () => {
    git('init', '--quiet', '--initial-branch=trunk');
    commit('one');
    commit('two');
    git('checkout', '--quiet', '--detach', 'HEAD~1');
    writeFileSync(join(folder, 'more'), 'untracked');
    const { snapshot, read } = await checkedOut();
    const name = `detached-${git('rev-parse', 'HEAD').slice(0, 8)}`;
    expect([snapshot.ref, read('file'), read('more')]).toEqual([name, 'one', 'untracked']);
    expect(snapshot.notes).toEqual([expect.stringContaining(name)]);
  });

  it('of a repository without a commit, and of a folder without a repository, is the folder as it is', async () => {
    writeFileSync(join(folder, 'file'), 'only');
    const { read } = await checkedOut();
    expect(read('file')).toBe('only');
    rmSync(join(root, 'clone'), { recursive: true });
    rmSync(join(root, 'scratch'), { recursive: true });
    mkdirSync(join(root, 'scratch'));
    git('init', '--quiet', '--initial-branch=trunk');
    const own = await checkedOut();
    expect([own.snapshot.ref, own.read('file')]).toEqual(['trunk', 'only']);
  });

  it('leaves out what is ignored, also what is ignored in this clone alone', async () => {
    git('init', '--quiet', '--initial-branch=trunk');
    writeFileSync(join(folder, '.gitignore'), 'by-file\n');
    writeFileSync(join(folder, '.git/info/exclude'), 'by-clone\n');
    for (const name of ['by-file', 'by-clone', 'untracked']) writeFileSync(join(folder, name), name);
    const { read } = await checkedOut();
    expect([read('by-file'), read('by-clone'), read('untracked')]).toEqual([undefined, undefined, 'untracked']);
  });

  it('of a shallow clone can be fetched', async () => {
    git('init', '--quiet', '--initial-branch=trunk');
    for (const content of ['one', 'two', 'three']) commit(content);
    const origin = join(root, 'origin');
    execFileSync('mv', [folder, origin]);
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${origin}`, folder], { stdio: 'pipe' });
    writeFileSync(join(folder, 'file'), 'four');
    expect((await checkedOut()).read('file')).toBe('four');
  });

  it('is of the folder that was named, also where git called us for another one as a hook', async () => {
    git('init', '--quiet', '--initial-branch=trunk');
    commit('ours');
    const other = join(root, 'other.git');
    execFileSync('git', ['init', '--quiet', '--bare', other]);
    const hook = { ...process.env, GIT_DIR: other, GIT_INDEX_FILE: join(other, 'index'), GIT_WORK_TREE: root };
    expect((await checkedOut(hook)).read('file')).toBe('ours');
    expect(existsSync(join(other, 'index'))).toBe(false);
  });
});
