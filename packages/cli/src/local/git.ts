import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CodedError } from '@fargate-gitlab-runner/kernel';

const run = promisify(execFile);

/** Settings of one git call. `env` comes on top of the process's own. */
export interface GitCall {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What git sets for its hooks: it would lead our calls to another repository than the one they are about. Source: `git rev-parse --local-env-vars`. */
const NOT_OURS =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|GRAFT_FILE|SHALLOW_FILE|INTERNAL_SUPER_PREFIX|CONFIG.*)$/;

/**
 * Runs git and returns its trimmed output. Throws `FR_LOCAL_GIT` with what git said. A repository of another owner is read too
 * ("dubious ownership"): none of our calls runs a program that its configuration names.
 */
export async function git(args: readonly string[], call: GitCall, baseEnv: Readonly<Record<string, string | undefined>>): Promise<string> {
  try {
    const { stdout } = await run('git', ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', ...args], {
      cwd: call.cwd,
      env: { ...withoutHookSettings(baseEnv), GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...call.env },
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (cause) {
    throw new CodedError(
      {
        code: 'FR_LOCAL_GIT',
        at: `git ${args[0] ?? ''}`,
        what: said(cause),
        cure: 'check that git 2.20 or later is installed and that the folder can be read',
      },
      { cause },
    );
  }
}

function withoutHookSettings(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_OURS.test(name)));
}

function said(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'stderr' in cause && String(cause.stderr).trim() !== '')
    return String(cause.stderr).trim();
  return cause instanceof Error ? cause.message : String(cause);
}
