/** What the command's exit status means. The same table stands in docs/reference/command-line.md. */
export const EXIT = {
  ok: 0,
  /** A job of the pipeline failed, or the pipeline was canceled; `reap` could not look at something or stop it, or left something unclaimed. */
  pipelineFailed: 1,
  /** The pipeline waits for a manual job that nobody played. */
  blocked: 2,
  /** The command line itself is wrong. Source: sysexits.h, EX_USAGE. */
  usage: 64,
  /** A defect of this program. EX_SOFTWARE. */
  internal: 70,
  /** The configuration or the pipeline file is wrong; nothing was started. EX_CONFIG. */
  configuration: 78,
  /** Interrupted by SIGINT. */
  interrupted: 130,
} as const;

/** One of the exit codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
