import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SnapshotRequest, takeSnapshot } from './snapshot.ts';

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fgr-odd-'));
  folder = join(root, 'project');
  mkdirSync(folder);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const AUTHOR = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'protocol.file.allow=always'];

function git(...args: string[]): string {
  return execFileSync('git', [...AUTHOR, ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function begin(): void {
  git('init', '--quiet', '--initial-branch=trunk');
  write('file', 'one');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'the first\n\nwith a body');
}

function write(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

/** Takes the folder and asserts that no byte of its .git has changed. */
async function taken(of: Partial<SnapshotRequest> = {}, environment: Readonly<Record<string, string | undefined>> = process.env) {
  const scratch = mkdtempSync(join(root, 'scratch-'));
  const before = hashOf(join(folder, '.git'));
  const snapshot = await takeSnapshot({ directory: folder, scratch, ...of }, environment);
  expect(hashOf(join(folder, '.git'))).toEqual(before);
  const show = (...args: string[]) => execFileSync('git', ['--git-dir', snapshot.repository, ...args], { encoding: 'utf8' });
  const files = () => show('ls-tree', '-r', '-z', '--name-only', snapshot.sha).split('\0').filter(Boolean);
  return { snapshot, show, files };
}

function hashOf(path: string): string {
  if (!existsSync(path)) return 'nothing';
  const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [''];
  const hash = createHash('sha256');
  for (const name of files) {
    const file = join(path, name);
    hash.update(`${name}\0`);
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

describe('a snapshot says of the commit', () => {
  it("what HEAD says, where the folder differs from it: rules ask for HEAD's message and author", async () => {
    begin();
    write('file', 'two');
    const { snapshot, show } = await taken();
    expect(show('log', '-1', '--format=%an <%ae>%n%B', snapshot.sha).trim()).toBe('Ada <ada@example.org>\nthe first\n\nwith a body');
    expect(snapshot).toMatchObject({ ref: 'trunk', refType: 'branch', beforeSha: git('rev-parse', 'HEAD'), defaultBranch: 'trunk' });
  });

  it('zeros before the first one, its parent otherwise', async () => {
    begin();
    expect((await taken()).snapshot.beforeSha).toBe('0'.repeat(40));
    git('commit', '--quiet', '--allow-empty', '--message', 'second');
    expect((await taken()).snapshot.beforeSha).toBe(git('rev-parse', 'HEAD~1'));
  });

  it('the branch or the tag that was asked for, and the default branch of origin', async () => {
    begin();
    git('update-ref', 'refs/remotes/origin/stable', 'HEAD');
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/stable');
    expect((await taken({ branch: 'feature/x' })).snapshot).toMatchObject({ ref: 'feature/x', refType: 'branch', defaultBranch: 'stable' });
    const tag = await taken({ tag: 'v1.0' });
    expect(tag.snapshot).toMatchObject({ ref: 'v1.0', refType: 'tag' });
    expect(tag.show('rev-parse', 'refs/tags/v1.0').trim()).toBe(tag.snapshot.sha);
    await expect(taken({ tag: 'no such..name' })).rejects.toThrow('FR_LOCAL_REF');
  });
});

describe('a snapshot of', () => {
  it('a repository of another owner is taken', async () => {
    begin();
    const { files } = await taken({}, { ...process.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' });
    expect(files()).toEqual(['file']);
  });

  it('a repository without any user.name is taken', async () => {
    git('init', '--quiet');
    write('file', 'one');
    const nobody = { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1', EMAIL: '' };
    expect((await taken({}, nobody)).files()).toEqual(['file']);
  });

  it('names with spaces, line feeds and letters of all kinds keeps them', async () => {
    begin();
    const names = [' a  b ', 'line\nfeed', 'ünï-漢字', '-dash', '"quoted"'];
    for (const name of names) write(name, name);
    expect((await taken()).files().sort()).toEqual(['file', ...names].sort());
  });

  it('a worktree is that of its branch', async () => {
    begin();
    git('worktree', 'add', '--quiet', '-b', 'side', join(root, 'side'));
    folder = join(root, 'side');
    write('more', 'here');
    const { snapshot, files } = await taken();
    expect([snapshot.ref, files()]).toEqual(['side', ['file', 'more']]);
  });

  it('a repository with a submodule has its commit, not its files', async () => {
    begin();
    const library = join(root, 'library');
    execFileSync('git', ['clone', '--quiet', folder, library]);
    git('submodule', '--quiet', 'add', library, 'lib');
    const { show, snapshot } = await taken();
    expect(show('ls-tree', snapshot.sha, 'lib')).toMatch(/^160000 commit /);
  });

  it('a big file that is ignored does not have it', async () => {
    begin();
    write('.gitignore', 'big\n');
    write('big', '');
    truncateSync(join(folder, 'big'), 3 * 2 ** 30);
    expect((await taken()).files()).toEqual(['.gitignore', 'file']);
  });

  it('a bare repository, or the inside of .git, is refused with what to do', async () => {
    begin();
    const inside = { directory: join(folder, '.git') };
    await expect(taken(inside)).rejects.toThrow(/FR_LOCAL_BARE\][\s\S]*clone it/);
    const bare = join(root, 'bare.git');
    execFileSync('git', ['clone', '--quiet', '--bare', folder, bare]);
    await expect(taken({ directory: bare })).rejects.toThrow('FR_LOCAL_BARE');
  });

  it('a repository with a line feed in its path is taken', async () => {
    folder = join(root, 'two\nlines');
    mkdirSync(folder);
    begin();
    write('more', 'here');
    const { show, snapshot } = await taken();
    expect(show('show', `${snapshot.sha}:file`)).toBe('one');
  });
});
