import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a project with submodules and an LFS file is, once made. */
export interface Family {
  /** The commit of `group/family` to check out. */
  readonly sha: string;
  /** The commit of its submodule `child`, which is one behind that one's `main`. */
  readonly childSha: string;
  /** What LFS keeps for the project, by object id. */
  readonly objects: ReadonlyMap<string, Buffer>;
}

/** The content of `picture.bin`, which the repository itself has only a pointer to. */
export const PICTURE = Buffer.from('the content that LFS keeps\n');

/**
 * Makes three bare projects below `folder`: `group/family` with the submodules `child` (relative URL), `sister` (by `sshUrl`, as people
 * write it who push by SSH) and a file `picture.bin` in LFS; `group/child` with a submodule `grandchild`; both of those of `group/leaf`.
 */
export async function makeFamily(folder: string, sshUrl: string): Promise<Family> {
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const git = async (at: string, ...words: string[]) => {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.invalid', '-c', 'protocol.file.allow=always'];
    return (await execute('git', ['-C', join(folder, at), ...who, ...words], { env: environment })).stdout.trim();
  };
  const start = async (at: string) => {
    await mkdir(join(folder, at), { recursive: true });
    await git(at, 'init', '-q', '-b', 'main');
    await writeFile(join(folder, at, 'name.txt'), `${at}\n`);
  };
  const commit = async (at: string, message: string) => {
    await git(at, 'add', '--all');
    await git(at, 'commit', '-q', '-m', message);
    return git(at, 'rev-parse', 'HEAD');
  };
  const publish = (at: string) => git('.', 'clone', '-q', '--mirror', join(folder, at), join(folder, 'group', `${at}.git`));
  await start('leaf');
  await commit('leaf', 'leaf');
  await publish('leaf');
  await start('child');
  await addSubmodule('child', { path: 'grandchild', url: '../leaf.git', from: 'leaf' });
  const childSha = await commit('child', 'child');
  await start('family');
  await addSubmodule('family', { path: 'child', url: '../child.git', from: 'child' });
  await addSubmodule('family', { path: 'sister', url: `${sshUrl}group/leaf.git`, from: 'leaf' });
  await writeFile(join(folder, 'family', '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  await writeFile(join(folder, 'family', 'picture.bin'), pointerTo(PICTURE));
  const sha = await commit('family', 'family');
  await writeFile(join(folder, 'child', 'news.txt'), 'news\n');
  await commit('child', 'news');
  await publish('child');
  await publish('family');
  return { sha, childSha, objects: new Map([[idOf(PICTURE), PICTURE]]) };

  /** By index and file, because cloning is what the tests are about. */
  async function addSubmodule(at: string, of: { readonly path: string; readonly url: string; readonly from: string }) {
    const pinned = await git(of.from, 'rev-parse', 'HEAD');
    await git(at, 'config', '-f', '.gitmodules', `submodule.${of.path}.path`, of.path);
    await git(at, 'config', '-f', '.gitmodules', `submodule.${of.path}.url`, of.url);
    await git(at, 'config', '-f', '.gitmodules', `submodule.${of.path}.branch`, 'main');
    await git(at, 'update-index', '--add', '--cacheinfo', `160000,${pinned},${of.path}`);
    await mkdir(join(folder, at, of.path), { recursive: true });
  }
}

function idOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Source: specification of Git LFS, pointer files. */
function pointerTo(content: Buffer): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${idOf(content)}\nsize ${content.length}\n`;
}
