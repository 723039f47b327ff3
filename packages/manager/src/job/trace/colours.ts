const ESCAPE = '\u001b';

/** The control sequences of job log lines. Source: GitLab runner, colours of the job log. */
export const COLOURS = {
  clear: `${ESCAPE}[0K`,
  reset: `${ESCAPE}[0;m`,
  cyan: `${ESCAPE}[36;1m`,
  green: `${ESCAPE}[32;1m`,
  red: `${ESCAPE}[31;1m`,
  yellow: `${ESCAPE}[0;33m`,
  boldYellow: `${ESCAPE}[33;1m`,
} as const;
