/** What lies between managers and the rest of the world, each behind a TCP proxy of its own. */
export type Way = 'gitlab' | 'aws' | 'ssh';

/**
 * One thing that is done to the system. `pick` chooses whom it hits, as a fraction of those there are at that moment: a schedule says
 * what is tried and when, the machine's pace decides what that meets. Times are milliseconds.
 */
export type Disturbance =
  /** SIGKILL; a new process takes the place after `restMs`. */
  | { readonly kind: 'manager killed'; readonly pick: number; readonly restMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`: longer than its heartbeat may be silent, or shorter. */
  | { readonly kind: 'manager paused'; readonly pick: number; readonly forMs: number }
  /** SIGTERM; the new process starts before the old one has gone. */
  | { readonly kind: 'manager replaced'; readonly pick: number }
  /** SIGQUIT, as when a host is drained; SIGTERM after `patienceMs`. */
  | { readonly kind: 'manager drained'; readonly pick: number; readonly patienceMs: number }
  /** All managers, one after the other, become those of the other version. */
  | { readonly kind: 'version rolled' }
  | { readonly kind: 'task lost to Spot'; readonly pick: number }
  | { readonly kind: 'worker exited'; readonly pick: number }
  /** Every process of a worker stands still. */
  | { readonly kind: 'worker frozen'; readonly pick: number; readonly forMs: number }
  /** sshd ends every connection of a worker. */
  | { readonly kind: 'worker hung up'; readonly pick: number }
  /** The next worker takes no SSH connections at first, refuses the key at first, or never starts. */
  | { readonly kind: 'worker slow'; readonly sshRefusedMs: number }
  | { readonly kind: 'worker denied'; readonly refusals: number }
  | { readonly kind: 'worker unstartable' }
  | { readonly kind: 'connections cut'; readonly way: Way }
  /** Every piece of data is `byMs` late, for so long. */
  | { readonly kind: 'connections delayed'; readonly way: Way; readonly byMs: number; readonly forMs: number }
  /** Nothing gets through, for so long. */
  | { readonly kind: 'way shut'; readonly way: Way; readonly forMs: number }
  /** The next calls on a route are refused: 429 with or without a time to wait, 500, 502, 503. */
  | {
      readonly kind: 'GitLab refused';
      readonly route: 'request' | 'trace' | 'update' | 'upload';
      readonly status: number;
      readonly retryAfterS?: number;
      readonly times: number;
    }
  /** The next calls on a route take effect without an answer; a trace that is sent again is then answered 416. */
  | { readonly kind: 'GitLab answer lost'; readonly route: 'trace' | 'update'; readonly times: number }
  /** GitLab forgets the end of a job's trace, and answers the next piece with 416. */
  | { readonly kind: 'trace truncated'; readonly pick: number; readonly part: number }
  | { readonly kind: 'S3 refused'; readonly code: 'SlowDown' | 'InternalError' | 'ConditionalRequestConflict'; readonly times: number }
  /** Writes to the store take effect without an answer. */
  | { readonly kind: 'store write lost'; readonly times: number }
  | { readonly kind: 'ECS throttled'; readonly action: 'RunTask' | 'DescribeTasks' | 'StopTask'; readonly times: number }
  /** The call takes effect without an answer. */
  | { readonly kind: 'ECS answer lost'; readonly action: 'RunTask' | 'StopTask'; readonly times: number }
  | { readonly kind: 'capacity short'; readonly times: number };

/** A disturbance and when it comes, from the start of the run. */
export interface Planned {
  readonly atMs: number;
  readonly what: Disturbance;
}
