import { posix } from 'node:path';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { expand } from './expansion.ts';
import { parseGitStrategy } from './git-settings.ts';

/** Characters of a value that may matter for the strategy: a bound on what its expansion can cost. */
const LONGEST_STRATEGY = 100;

/** Source: Linux, PATH_MAX. */
const LONGEST_PATH = 4096;

/** Where one job works, absolute and in the worker. `tmpDir` is a sibling of the checkout: what is in it is in no artifact. */
export interface Directories {
  readonly buildsDir: string;
  readonly projectDir: string;
  readonly tmpDir: string;
}

/** What decides about a directory of the job's own choice. */
export interface CustomDirectory {
  /** Whether the operator lets jobs choose. */
  readonly isCustomAllowed: boolean;
  /** `CI_CONCURRENT_ID`, which authors put into such paths. */
  readonly concurrentId: number;
}

const FREE: CustomDirectory = { isCustomAllowed: true, concurrentId: 0 };

/**
 * The project directory is `buildsDir` plus the path of the repository URL without `.git` (`project-<id>` when that path can't be
 * used), with `-empty` at its end for the strategy of that name; `tmpDir` is the same plus `.tmp`. Both lie inside `buildsDir`
 * whatever the URL says. `GIT_CLONE_PATH` is the project directory instead, where the operator lets jobs choose. Throws
 * `FR_SHELL_BUILDS_DIR` when `buildsDir` is not absolute, `FR_SHELL_CLONE_PATH` for a path that is not allowed.
 */
export function buildDirectories(buildsDir: string, payload: JobPayload, of: CustomDirectory = FREE): Directories {
  if (!posix.isAbsolute(buildsDir)) {
    throw new CodedError({
      code: 'FR_SHELL_BUILDS_DIR',
      at: 'builds_dir',
      what: 'the builds directory must be an absolute path in the worker',
      given: buildsDir,
    });
  }
  const suffix = strategyOf(payload) === 'empty' ? '-empty' : '';
  const projectDir = `${clonePath(buildsDir, payload, of) ?? posix.join(buildsDir, projectPath(payload))}${suffix}`;
  return { buildsDir, projectDir, tmpDir: `${projectDir}.tmp` };
}

/** Source: GitLab runner, `GIT_CLONE_PATH`: inside of the builds directory, and only with `custom_build_dir`. */
function clonePath(buildsDir: string, payload: JobPayload, of: CustomDirectory): string | undefined {
  const values = new Map([
    ['CI_BUILDS_DIR', buildsDir],
    ['CI_CONCURRENT_ID', String(of.concurrentId)],
    ['CI_CONCURRENT_PROJECT_ID', String(of.concurrentId)],
    // A file variable stands for its path, which hangs on this very one; its content is not for paths.
    ...payload.variables.map(({ key, value, file }) => [key, file ? '' : value] as const),
  ]);
  const written = values.get('GIT_CLONE_PATH') ?? '';
  if (written === '') return undefined;
  if (!of.isCustomAllowed)
    throw clonePathRefused('jobs of this runner may not choose it', 'leave it out, or the operator sets custom_build_dir');
  const path = posix
    .normalize(expand(written, (name) => values.get(name), { at: 'GIT_CLONE_PATH', limit: LONGEST_PATH }))
    .replace(/\/+$/, '');
  const isInside = path.startsWith(`${posix.normalize(buildsDir).replace(/\/+$/, '')}/`);
  if (!isInside || !path.split('/').every(isHarmless)) {
    throw clonePathRefused(`${JSON.stringify(path)} is not inside of the builds directory ${buildsDir}`, 'begin it with $CI_BUILDS_DIR/');
  }
  return path;
}

function clonePathRefused(what: string, cure: string): CodedError {
  return new CodedError({ code: 'FR_SHELL_CLONE_PATH', at: 'GIT_CLONE_PATH', what, cure });
}

function projectPath(payload: JobPayload): string {
  const segments = segmentsOf(payload.git_info.repo_url);
  if (segments.length > 0 && segments.every(isHarmless)) return segments.join('/');
  return `project-${(payload.job_info.project_id ?? payload.id).replaceAll(/[^A-Za-z0-9]/g, '_')}`;
}

function segmentsOf(repoUrl: string): string[] {
  if (!URL.canParse(repoUrl)) return [];
  const path = new URL(repoUrl).pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function isHarmless(segment: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  return segment !== '.' && segment !== '..' && !/[/\\\u0000-\u001f\u007f]/.test(segment);
}

// The directories are needed before the variables can be resolved, so only the payload's own ones count here.
function strategyOf(payload: JobPayload) {
  const values = new Map(payload.variables.map(({ key, value }) => [key, value.slice(0, LONGEST_STRATEGY)]));
  return parseGitStrategy(expand(values.get('GIT_STRATEGY') ?? '', (name) => values.get(name)));
}
