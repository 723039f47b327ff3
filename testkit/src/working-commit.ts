import { execFileSync } from 'node:child_process';

/** The commit of the working tree, with `-dirty` where it was changed since, for whatever keeps results; `unknown` without a repository. */
export function workingCommit(): string {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12'];
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
