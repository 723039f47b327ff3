import { posix } from 'node:path';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import { expand } from './expansion.ts';
import { parseGitStrategy } from './git-settings.ts';

/** Characters of a value that may matter for the strategy: a bound on what its expansion can cost. */
const LONGEST_STRATEGY = 100;

/** Where one job works, absolute and in the worker. `tmpDir` is a sibling of the checkout: what is in it is in no artifact. */
export interface Directories {
  readonly buildsDir: string;
  readonly projectDir: string;
  readonly tmpDir: string;
}

/**
 * The project directory is `buildsDir` plus the path of the repository URL without `.git` (`project-<id>` when that path can't be
 * used), with `-empty` at its end for the strategy of that name; `tmpDir` is the same plus `.tmp`. Both lie inside `buildsDir`
 * whatever the URL says. Throws `FR_SHELL_BUILDS_DIR` when `buildsDir` is not absolute.
 */
export function buildDirectories(buildsDir: string, payload: JobPayload): Directories {
  if (!posix.isAbsolute(buildsDir)) {
    throw new CodedError({
      code: 'FR_SHELL_BUILDS_DIR',
      at: 'builds_dir',
      what: 'the builds directory must be an absolute path in the worker',
      given: buildsDir,
    });
  }
  const suffix = strategyOf(payload) === 'empty' ? '-empty' : '';
  const projectDir = posix.join(buildsDir, `${projectPath(payload)}${suffix}`);
  return { buildsDir, projectDir, tmpDir: `${projectDir}.tmp` };
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
