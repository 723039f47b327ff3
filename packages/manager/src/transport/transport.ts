import type { Secret } from '@fargate-gitlab-runner/kernel';

/** Port: a way to run commands in a worker. */
export interface Transport {
  /** One try to connect, no longer than the target says. Expected failures are values; only an aborted signal throws. */
  connect(target: ConnectTarget, signal: AbortSignal): Promise<ConnectOutcome>;
}

/** Where a worker listens and how it knows us. `hostKey`: the pinned key in base64; undefined accepts any and reports it. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The job's Ed25519 key in OpenSSH format. */
  readonly clientKey: Secret;
  readonly hostKey?: string;
  /** How long it may take until somebody takes the connection. */
  readonly timeoutMs: number;
  /** How long it may take, all in all, until the connection can be used. Whoever took it is there, and may only be slow. */
  readonly handshakeTimeoutMs: number;
}

/** `refused`: nobody listens yet. `denied`: our key isn't accepted (yet). `impostor`: another host key than the pinned one. */
export type ConnectOutcome =
  | { readonly kind: 'connected'; readonly session: Session; readonly hostKey: string }
  | { readonly kind: 'refused' | 'timeout' | 'denied' | 'impostor' | 'broken'; readonly cause: string };

/** One connection to a worker; it serves all commands of a job, several at a time. */
export interface Session extends AsyncDisposable {
  /** Runs one command to its end. Aborting the signal closes the channel and throws its reason; the remote process may live on. */
  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecEnd>;
  /** Resolves with the cause when the connection is gone, however that came about. */
  readonly lost: Promise<string>;
}

/**
 * `command` goes to the worker's login shell. `stdin` is sent and ended; a stream is read no faster than the command takes it, and let go
 * when the command ends before it; what it throws rejects. `open` sends nothing and keeps stdin open, so that its end tells the command
 * that we are gone. Output callbacks may return a promise: reading pauses until it resolves.
 */
export interface ExecRequest {
  readonly command: string;
  readonly stdin?: Uint8Array | AsyncIterable<Uint8Array> | 'open';
  onStdout?(bytes: Buffer): void | Promise<void>;
  onStderr?(bytes: Buffer): void | Promise<void>;
}

/** How a command ended. A channel that closes without an exit status is `lost`, never success. */
export type ExecEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: string }
  | { readonly kind: 'lost'; readonly cause: string };
