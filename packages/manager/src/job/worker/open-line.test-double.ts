import type { Shim, ShimAnswer, WorkerState } from '../../transport/shim/shim.ts';
import type { Session } from '../../transport/transport.ts';
import type { OpenLine } from './worker-link.ts';

const unasked = (): Promise<ShimAnswer<never>> => Promise.reject(new Error('nobody asks this here'));

const SHIM: Shim = {
  open: unasked,
  run: unasked,
  follow: unasked,
  signal: unasked,
  commit: unasked,
  fetch: unasked,
  journal: unasked,
  pipe: unasked,
  put: unasked,
  renew: unasked,
  close: unasked,
};

const STATE: WorkerState = {
  version: 1,
  nonce: 'nonce-in-clear',
  hostname: 'worker',
  home: '/root',
  nowS: 1_767_225_600,
  shell: '/bin/sh',
  isBash: false,
  hasGit: true,
  journalSize: 0,
  verbs: ['journal', 'pipe', 'put'],
  tools: [],
  stages: [],
};

/** A session that counts how often it was let go. */
export class CountedSession implements Session {
  readonly lost = new Promise<string>(() => undefined);
  closed = 0;

  exec(): ReturnType<Session['exec']> {
    return Promise.reject(new Error('nobody runs a command here'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed++;
  }
}

/** A line to a worker that answers these verbs as told, and no other. */
export function openLine(verbs: Partial<Shim> = {}, state: Partial<WorkerState> = {}): OpenLine {
  return { session: new CountedSession(), shim: { ...SHIM, ...verbs }, state: { ...STATE, ...state } };
}
