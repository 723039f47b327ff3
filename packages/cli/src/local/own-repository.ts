import { resolve } from 'node:path';
import { CodedError } from '@fargate-gitlab-runner/kernel';

/** Runs git in the folder that is about. */
export type InFolder = (args: readonly string[]) => Promise<string>;

/** What local mode reads of a person's own repository. */
export interface OwnRepository {
  readonly objects: string;
  /** Files of the repository that say what is not there: what is ignored in this clone alone, and where a shallow history ends. */
  readonly exclude: string;
  readonly shallow: string;
  /** `sha1` or `sha256`. */
  readonly objectFormat: string;
  readonly head: OwnHead | undefined;
  /** Undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** What GitLab would call the default branch: origin's, else a usual name that is there; undefined when there is no telling. */
  readonly defaultBranch: string | undefined;
  /** Branches and tags: name -> object. */
  readonly refs: ReadonlyMap<string, string>;
}

/** The commit that HEAD is. */
interface OwnHead {
  readonly sha: string;
  readonly parent: string | undefined;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly message: string;
}

/**
 * The repository that `directory` is the root of, a worktree of one included; undefined when there is none, or only one of a folder
 * above. Throws `FR_LOCAL_BARE` inside a bare repository or a `.git` folder, which have no files to run a pipeline on.
 */
export async function ownRepository(directory: string, inFolder: InFolder): Promise<OwnRepository | undefined> {
  if (!(await isRoot(directory, inFolder))) return undefined;
  const optional = (...args: string[]) =>
    inFolder(args).then(
      (text) => (text === '' ? undefined : text),
      () => undefined,
    );
  const pathOf = async (name: string) => resolve(directory, await inFolder(['rev-parse', '--git-path', name]));
  const branch = await optional('symbolic-ref', '--quiet', '--short', 'HEAD');
  const refs = refsIn((await optional('for-each-ref', '--format=%(objectname) %(refname) %(symref)', 'refs/heads', 'refs/tags')) ?? '');
  const originHead = await optional('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD');
  const usual = [await optional('config', 'init.defaultBranch'), 'main', 'master'];
  return {
    objects: await pathOf('objects'),
    exclude: await pathOf('info/exclude'),
    shallow: await pathOf('shallow'),
    objectFormat: (await optional('rev-parse', '--show-object-format')) ?? 'sha1',
    head: await headOf(optional),
    branch,
    defaultBranch: originHead?.replace(/^origin\//, '') ?? usual.find((name) => name !== undefined && refs.has(`refs/heads/${name}`)),
    refs,
  };
}

async function isRoot(directory: string, inFolder: InFolder): Promise<boolean> {
  const inside = await inFolder(['rev-parse', '--is-inside-work-tree']).catch((error: unknown) => {
    if (error instanceof CodedError && /not a git repository/i.test(error.message)) return undefined;
    throw error;
  });
  if (inside === 'false') {
    throw new CodedError({
      code: 'FR_LOCAL_BARE',
      at: directory,
      what: 'this is a bare repository, or the inside of a .git folder: there are no files to run a pipeline on',
      cure: 'clone it, and name the clone with --directory',
    });
  }
  return inside === 'true' && (await inFolder(['rev-parse', '--show-prefix'])) === '';
}

type Optional = (...args: string[]) => Promise<string | undefined>;

async function headOf(optional: Optional): Promise<OwnHead | undefined> {
  const sha = await optional('rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  if (sha === undefined) return undefined;
  const shown = (await optional('log', '-1', '--no-show-signature', '--format=%an%x00%ae%x00%B', sha)) ?? '';
  const [authorName = '', authorEmail = '', message = ''] = shown.split('\0');
  return { sha, parent: await optional('rev-parse', '--verify', '--quiet', `${sha}^1`), authorName, authorEmail, message };
}

/** Symbolic refs are left out: what they stand for is there. */
function refsIn(listed: string): ReadonlyMap<string, string> {
  const lines = listed.split('\n').map((line) => line.split(' '));
  return new Map(lines.flatMap(([object = '', name = '', symbolic = '']) => (object !== '' && symbolic === '' ? [[name, object]] : [])));
}
