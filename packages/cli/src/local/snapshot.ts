import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type GitCall, git } from './git.ts';

/** The state of a folder as a commit in a bare repository of ours. */
export interface Snapshot {
  /** The bare repository. */
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  /** Group and name under which the stand-in GitLab knows it. */
  readonly projectPath: string;
}

const AUTHOR = {
  GIT_AUTHOR_NAME: 'local',
  GIT_AUTHOR_EMAIL: 'local@localhost',
  GIT_COMMITTER_NAME: 'local',
  GIT_COMMITTER_EMAIL: 'local@localhost',
};

/**
 * Takes the folder as it is now, tracked files and untracked ones that are not ignored, as a commit in a temporary bare repository. The
 * user's own repository is only read: its objects are borrowed through alternates, its index and refs are not touched.
 * A folder that is not the root of a repository becomes a repository of one commit.
 */
export async function takeSnapshot(
  of: { readonly directory: string; readonly scratch: string },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Snapshot> {
  const repository = join(of.scratch, 'project.git');
  const inFolder = (args: readonly string[], env: GitCall['env'] = {}) => git(args, { cwd: of.directory, env }, environment);
  await inFolder(['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  const own = await ownRepository(of.directory, inFolder);
  if (own) await borrow(repository, own);
  const inSnapshot = {
    GIT_DIR: repository,
    GIT_WORK_TREE: of.directory,
    GIT_INDEX_FILE: join(of.scratch, 'index'),
    ...AUTHOR,
  };
  if (own?.head) await inFolder(['read-tree', own.head], inSnapshot);
  await inFolder(['add', '--all', '--', '.'], inSnapshot);
  const tree = await inFolder(['write-tree'], inSnapshot);
  const ref = own?.branch ?? 'main';
  const sha = await commitOf(tree, own?.head, (args) => inFolder(args, inSnapshot));
  await inFolder(['update-ref', `refs/heads/${ref}`, sha], inSnapshot);
  return { repository, ref, sha, projectPath: `local/${projectName(of.directory)}` };
}

interface OwnRepository {
  readonly objects: string;
  /** Files of the repository that say what is not there: what is ignored in this clone alone, and where a shallow history ends. */
  readonly exclude: string;
  readonly shallow: string;
  readonly head: string | undefined;
  readonly branch: string | undefined;
}

type InFolder = (args: readonly string[]) => Promise<string>;

async function ownRepository(directory: string, inFolder: InFolder): Promise<OwnRepository | undefined> {
  const prefix = await inFolder(['rev-parse', '--show-prefix']).catch(() => undefined);
  if (prefix !== '') return undefined;
  const pathOf = async (name: string) => resolve(directory, await inFolder(['rev-parse', '--git-path', name]));
  return {
    objects: await pathOf('objects'),
    exclude: await pathOf('info/exclude'),
    shallow: await pathOf('shallow'),
    head: await inFolder(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).catch(() => undefined),
    branch: await inFolder(['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => undefined),
  };
}

async function borrow(repository: string, { objects, exclude, shallow }: OwnRepository): Promise<void> {
  for (const folder of ['objects/info', 'info']) await mkdir(join(repository, folder), { recursive: true });
  await writeFile(join(repository, 'objects/info/alternates'), `${objects}\n`);
  await copyFile(exclude, join(repository, 'info/exclude')).catch(() => undefined);
  await copyFile(shallow, join(repository, 'shallow')).catch(() => undefined);
}

/** HEAD itself when nothing differs from it, else a commit on top. */
async function commitOf(tree: string, head: string | undefined, inSnapshot: InFolder): Promise<string> {
  if (head === undefined) return inSnapshot(['commit-tree', tree, '-m', 'the folder as it is']);
  if ((await inSnapshot(['rev-parse', `${head}^{tree}`])) === tree) return head;
  return inSnapshot(['commit-tree', tree, '-p', head, '-m', 'the folder as it is']);
}

/** The folder's name in the characters that a GitLab project path may have. */
function projectName(directory: string): string {
  const name = directory.split('/').filter(Boolean).at(-1) ?? 'project';
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '-').replace(/^[-.]+/, '') || 'project';
}
