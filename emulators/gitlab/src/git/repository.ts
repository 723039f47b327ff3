import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { SourceCommit } from '../coordinator/source-commit.ts';

const MAX_FILE_BYTES = 16 * 1024 * 1024;
const run = promisify(execFile);

/** Runs git on a bare repository and gives its standard output. Throws `FR_GITLAB_EMULATOR_GIT` with git's own words. */
export async function git(repository: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-c', 'safe.directory=*', '--git-dir', repository, ...args], { maxBuffer: MAX_FILE_BYTES });
    return stdout;
  } catch (cause) {
    const given = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError({ code: 'FR_GITLAB_EMULATOR_GIT', what: `git ${args[0]} failed in ${repository}`, given }, { cause });
  }
}

/** What `CI_COMMIT_*` needs to know of a commit. Without `sha`, the ref's own commit is meant. */
export async function readCommit(repository: string, ref: string, sha?: string): Promise<Omit<SourceCommit, 'isProtected'>> {
  const tags = await git(repository, ['tag', '--list', ref]);
  const format = '%H%x00%an <%ae>%x00%cI%x00%B';
  const shown = await git(repository, ['log', '-1', `--format=${format}`, '--end-of-options', sha ?? ref, '--']);
  const [hash = '', author = '', timestamp = '', message = ''] = shown.split('\0');
  return { ref, refType: tags.trim() === '' ? 'branch' : 'tag', sha: hash, message: message.trimEnd(), author, timestamp };
}

/** The content of a file in a commit. */
export function readFileAt(repository: string, sha: string, path: string): Promise<string> {
  return git(repository, ['show', `${sha}:${path}`]);
}

/** Makes `refs/pipelines/<id>` point at the commit, as GitLab does, so that the payload's first refspec can be fetched. */
export async function keepPipelineRef(repository: string, pipelineId: number, sha: string): Promise<void> {
  await git(repository, ['update-ref', `refs/pipelines/${pipelineId}`, sha]);
}
