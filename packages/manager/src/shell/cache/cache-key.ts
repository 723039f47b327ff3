import { posix } from 'node:path';

/**
 * A cache key as it may be part of an object's name, after GitLab's rules; undefined when nothing is left of it. `%2f` and `%2e` and a
 * backslash are what they stand for; `.` and `..` are resolved and never lead out; blank segments at the end go. Source: reference for job
 * execution, 6.1.
 *
 * Gotcha: what is blank at the end may hide a `..`, so that both rules are applied until neither changes anything.
 */
export function sanitisedKey(key: string): string | undefined {
  const plain = key.replaceAll(/%2f/gi, '/').replaceAll(/%2e/gi, '.').replaceAll('\\', '/');
  for (let path = plain; ; ) {
    const next = withoutBlankEnd(posix.normalize(`/${path}`)).slice(1);
    if (next === path) return next === '' ? undefined : next;
    path = next;
  }
}

/** Written without a regular expression: those look at every run of blanks once for each of its characters. */
function withoutBlankEnd(path: string): string {
  let end = path.length;
  for (;;) {
    const trimmed = path.slice(0, end).trimEnd();
    if (!trimmed.endsWith('/')) return trimmed;
    end = trimmed.length - 1;
  }
}
