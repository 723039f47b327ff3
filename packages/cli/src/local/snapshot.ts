import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import { git } from './git.ts';
import { type InFolder, type OwnRepository, ownRepository } from './own-repository.ts';

/** The state of a folder as a commit in a bare repository of ours, and what GitLab would know of it. */
export interface Snapshot {
  /** The bare repository. */
  readonly repository: string;
  /** Name of a branch or a tag. */
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  readonly sha: string;
  /** The commit before it on the branch; zeros for the first one. */
  readonly beforeSha: string;
  readonly defaultBranch: string;
  /** Group and name under which the stand-in GitLab knows it. */
  readonly projectPath: string;
  /** What a person should know about how the folder was taken. */
  readonly notes: readonly string[];
}

/** Which folder, and what it is to be called. */
export interface SnapshotRequest {
  readonly directory: string;
  /** A folder of ours for the repository and the index. */
  readonly scratch: string;
  /** The branch that the pipeline sees; default: the one that is checked out. The folder's content is what counts either way. */
  readonly branch?: string;
  /** The tag that the pipeline sees, instead of a branch. */
  readonly tag?: string;
}

const COMMITTER = {
  GIT_AUTHOR_NAME: 'local',
  GIT_AUTHOR_EMAIL: 'local@localhost',
  GIT_COMMITTER_NAME: 'local',
  GIT_COMMITTER_EMAIL: 'local@localhost',
};

/**
 * Takes the folder as it is now, tracked files and untracked ones that are not ignored, as a commit in a temporary bare repository. The
 * user's own repository is only read: its objects are borrowed through alternates, its index and refs are not touched.
 * What differs from HEAD becomes a commit on top with HEAD's message and author, because those are what rules ask about.
 * A folder that is not the root of a repository becomes a repository of one commit.
 */
export async function takeSnapshot(of: SnapshotRequest, environment: Readonly<Record<string, string | undefined>>): Promise<Snapshot> {
  const repository = join(of.scratch, 'project.git');
  const inFolder = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    git(args, { cwd: of.directory, env }, environment);
  const own = await ownRepository(of.directory, inFolder);
  await checkName(of, inFolder);
  const format = own ? [`--object-format=${own.objectFormat}`] : [];
  await inFolder(['init', '--quiet', '--bare', ...format, '--initial-branch=main', repository]);
  if (own) await borrow(repository, own);
  const inSnapshot = { GIT_DIR: repository, GIT_WORK_TREE: of.directory, GIT_INDEX_FILE: join(of.scratch, 'index'), ...authorOf(own) };
  if (own?.head) await inFolder(['read-tree', own.head.sha], inSnapshot);
  await inFolder(['add', '--all', '--', '.'], inSnapshot);
  const tree = await inFolder(['write-tree'], inSnapshot);
  const sha = await commitOf({ tree, own, scratch: of.scratch }, (args) => inFolder(args, inSnapshot));
  const ref = of.tag ?? of.branch ?? own?.branch ?? detachedName(own) ?? 'main';
  await inFolder(['update-ref', `refs/${of.tag === undefined ? 'heads' : 'tags'}/${ref}`, sha], inSnapshot);
  return {
    repository,
    ref,
    refType: of.tag === undefined ? 'branch' : 'tag',
    sha,
    beforeSha: (sha === own?.head?.sha ? own.head.parent : own?.head?.sha) ?? '0'.repeat(sha.length),
    defaultBranch: own?.defaultBranch ?? (of.tag === undefined ? ref : 'main'),
    projectPath: `local/${projectName(of.directory)}`,
    notes: notesOn(of, own),
  };
}

/** A branch name that no rule is about: on a detached HEAD nobody knows which one is meant. */
function detachedName(own: OwnRepository | undefined): string | undefined {
  return own?.head && own.branch === undefined ? `detached-${own.head.sha.slice(0, 8)}` : undefined;
}

function notesOn(of: SnapshotRequest, own: OwnRepository | undefined): string[] {
  const name = of.tag ?? of.branch ?? own?.branch ?? detachedName(own);
  if (own?.branch !== undefined || of.tag !== undefined || of.branch !== undefined || name === undefined) return [];
  return [`HEAD is detached: the pipeline runs on a branch called ${name}; --ref or --tag give it another name`];
}

async function checkName({ branch, tag }: SnapshotRequest, inFolder: InFolder): Promise<void> {
  const [flag, name] = tag === undefined ? ['--ref', branch] : ['--tag', tag];
  if (name === undefined) return;
  await inFolder(['check-ref-format', `refs/heads/${name}`]).catch((cause: unknown) => {
    const what = 'git allows no such name for a branch or tag';
    throw new CodedError({ code: 'FR_LOCAL_REF', at: flag, what, given: name, cure: 'see git help check-ref-format' }, { cause });
  });
}

async function borrow(repository: string, { objects, exclude, shallow, refs }: OwnRepository): Promise<void> {
  for (const folder of ['objects/info', 'info']) await mkdir(join(repository, folder), { recursive: true });
  await writeFile(join(repository, 'objects/info/alternates'), `${alternate(objects)}\n`);
  await writeFile(join(repository, 'packed-refs'), [...refs].map(([name, object]) => `${object} ${name}\n`).join(''));
  await copyFile(exclude, join(repository, 'info/exclude')).catch(() => undefined);
  await copyFile(shallow, join(repository, 'shallow')).catch(() => undefined);
}

/** A path with a line feed or a leading quote is written as a C string. Source: gitrepository-layout(5), objects/info/alternates. */
function alternate(path: string): string {
  return /["\n\\]/.test(path) ? JSON.stringify(path) : path;
}

function authorOf(own: OwnRepository | undefined): Readonly<Record<string, string>> {
  const { authorName = '', authorEmail = '' } = own?.head ?? {};
  return authorName === '' ? COMMITTER : { ...COMMITTER, GIT_AUTHOR_NAME: authorName, GIT_AUTHOR_EMAIL: authorEmail };
}

/** HEAD itself when nothing differs from it, else a commit on top. */
async function commitOf(
  of: { readonly tree: string; readonly own: OwnRepository | undefined; readonly scratch: string },
  inSnapshot: InFolder,
): Promise<string> {
  const head = of.own?.head;
  if (head && (await inSnapshot(['rev-parse', `${head.sha}^{tree}`])) === of.tree) return head.sha;
  const message = join(of.scratch, 'message');
  await writeFile(message, head?.message || 'the folder as it is');
  return inSnapshot(['commit-tree', of.tree, ...(head ? ['-p', head.sha] : []), '-F', message]);
}

/** The folder's name in the characters that a GitLab project path may have. */
function projectName(directory: string): string {
  const name = directory.split('/').filter(Boolean).at(-1) ?? 'project';
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '-').replace(/^[-.]+/, '') || 'project';
}
