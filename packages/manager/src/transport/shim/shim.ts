/**
 * Port: the shim of one worker, over whatever connection there is at the moment. Everything the shim says is hostile input:
 * bounded in size and strictly parsed. The verbs and their wire form are described in docs/explanation/contracts.md.
 */
export interface Shim {
  /** Installs the shim at first contact, raises the worker's generation to ours and reads what is there. */
  open(signal: AbortSignal): Promise<ShimAnswer<WorkerState>>;
  /** Starts a stage detached from the connection. The script is run only if it arrived whole. */
  run(stage: StageRun, signal: AbortSignal): Promise<ShimAnswer<{ readonly started: 'now' | 'before' }>>;
  /** Streams the journal from `offset` until the stage has ended and every byte up to its end was delivered. */
  follow(follow: Follow, signal: AbortSignal): Promise<ShimAnswer<StageEnd>>;
  /** Signals the process group of a stage; `sent: false` when it had ended. */
  signal(target: StageRef & { readonly name: 'TERM' | 'KILL' }, signal: AbortSignal): Promise<ShimAnswer<{ readonly sent: boolean }>>;
  /** Writes one chunk ahead, atomically. `name` sorts by trace offset. */
  commit(chunk: { readonly name: string; readonly bytes: Uint8Array }, signal: AbortSignal): Promise<ShimAnswer<object>>;
  /** Reads one chunk back. */
  fetch(name: string, signal: AbortSignal): Promise<ShimAnswer<{ readonly bytes: Buffer }>>;
  /** Reads the journal between two offsets, for chunks that were written ahead as recipes. */
  journal(range: { readonly from: number; readonly to: number }, signal: AbortSignal): Promise<ShimAnswer<{ readonly bytes: Buffer }>>;
  /**
   * Runs a short script on this connection, with `input` as its stdin: for what lies in the worker and must go out, or the other way. It is
   * no stage: it ends with the connection, and is fenced only as it begins. So what it changes must do no harm when done late, or twice.
   */
  pipe(script: PipedScript, signal: AbortSignal): Promise<ShimAnswer<PipeEnd>>;
  /** Puts a file into the folder that is the first argument of piped scripts, whole or not at all, and fenced. */
  put(file: PutFile, signal: AbortSignal): Promise<ShimAnswer<object>>;
  /** Tells the worker that it still has a manager; without it the worker ends itself after its orphan timeout. */
  renew(signal: AbortSignal): Promise<ShimAnswer<object>>;
  /**
   * Ends every stage that still runs and removes the shim's files. No job of a manager needs it, for its task is stopped, which ends all of it:
   * it is for workers that go on, such as those of tests.
   */
  close(signal: AbortSignal): Promise<ShimAnswer<object>>;
}

/**
 * `stale`: a later generation owns the worker, we must do nothing more. `lost`: the connection failed, reconnect and ask again.
 * `broken`: the worker answered something that can't be or could not do it (disk full, no /bin/sh).
 */
export type ShimAnswer<T> =
  | ({ readonly kind: 'ok' } & T)
  | { readonly kind: 'stale'; readonly generation: number }
  | { readonly kind: 'lost'; readonly cause: string }
  | { readonly kind: 'broken'; readonly cause: string };

/** Names one run of one stage. `attempt` counts from 1. */
export interface StageRef {
  readonly stage: string;
  readonly attempt: number;
}

/** What `open` reports. Sizes and offsets are bytes. */
export interface WorkerState {
  readonly version: number;
  /** The random value from the container's environment; empty when it can't be read. */
  readonly nonce: string;
  readonly hostname: string;
  readonly home: string;
  /** The worker's wall clock, seconds since the epoch: deadlines are given in its time. */
  readonly nowS: number;
  /** Absolute path of the shell that scripts run in, and whether it is bash. */
  readonly shell: string;
  readonly isBash: boolean;
  readonly hasGit: boolean;
  readonly journalSize: number;
  /** The chunk with the highest offset, when there is one. */
  readonly lastChunk?: string;
  /** Verbs beyond the first eight: the shim that came first stays, and may be an older one. */
  readonly verbs: readonly string[];
  /** Which of busybox, curl, gzip, tar, unzip, zip, zstd were there at first contact. */
  readonly tools: readonly string[];
  /** Every stage run that was ever started here, in order. */
  readonly stages: readonly (StageRef & { readonly end?: StageEnd })[];
}

/** One stage to run. `deadlineS` is absolute, in the worker's clock; the worker alone enforces it, `graceS` between TERM and KILL. */
export interface StageRun extends StageRef {
  readonly script: string;
  readonly deadlineS: number;
  readonly graceS: number;
  /** Bytes of journal for the whole job after which output is discarded but counted. */
  readonly outputLimit: number;
}

/** Where to follow from, and who takes the bytes. */
export interface Follow extends StageRef {
  readonly offset: number;
  onBytes(bytes: Buffer): void | Promise<void>;
}

/**
 * How a stage ended. `code` is the script's exit status (128 + n when signal n ended it). `cause`: `exit` by itself, `deadline` by
 * the worker's watchdog, `signal` by our verb. `journalEnd` is the journal offset where its output ends; `discarded` counts what
 * the output limit swallowed.
 */
export interface StageEnd {
  readonly code: number;
  readonly cause: 'exit' | 'deadline' | 'signal';
  readonly journalEnd: number;
  readonly discarded: number;
}

/** A script for sh, at most 32 KiB. `input` is read, and output taken, no faster than the other side goes; memory is bounded. */
export interface PipedScript {
  readonly script: string;
  readonly input?: AsyncIterable<Uint8Array>;
  onBytes?(bytes: Buffer): void | Promise<void>;
}

/** How a piped script ended. `words`: the end of what it wrote to stderr, printable, at most 200 characters, in brackets; or empty. */
export interface PipeEnd {
  readonly code: number;
  readonly words: string;
}

/** A file of exactly `size` bytes. `name`: letters, digits, `_` and `-`, at most 64. */
export interface PutFile {
  readonly name: string;
  readonly size: number;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}
