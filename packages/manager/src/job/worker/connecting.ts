import type { Secret } from '@fargate-gitlab-runner/kernel';
import type { WorkerState } from '../../transport/shim/shim.ts';
import type { ConnectTarget, Session } from '../../transport/transport.ts';
import type { JobTools } from '../job-tools.ts';
import { Fenced } from '../recorded-job.ts';
import { isSameSecret } from './reveal.ts';
import { type OpenLine, WorkerBroken, WorkerLost } from './worker-link.ts';

/** An address at which nobody is yet swallows what is sent to it: it is soon tried again. */
const TRY_MS = 1000;
/**
 * Whoever has taken the connection is given longer: a worker or a manager under load needs more than a second for a handshake, and one
 * that is cut off and begun anew costs both of them the same again.
 */
const HANDSHAKE_MS = 10_000;
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 500;
/** authorized_keys may not be there yet, and sshd punishes hasty clients. */
const DENIED_PAUSE_MS = 6000;

/** What connecting works with. */
type DialTools = Pick<JobTools, 'clock' | 'transport' | 'makeShim'>;

/** What is being connected to, and for how long it is tried. */
export interface Dial {
  readonly jobId: string;
  readonly placementId: string;
  readonly generation: number;
  readonly target: Omit<ConnectTarget, 'timeoutMs' | 'handshakeTimeoutMs'>;
  readonly patienceMs: number;
}

/** A line to the worker and the host key it showed. */
export interface Dialled extends OpenLine {
  readonly hostKey: string;
}

/** No connection came about in time; `outcome` is what became of the last try. */
export class NoAnswer extends WorkerLost {
  readonly outcome: { readonly kind: string; readonly cause: string };

  constructor(where: string, outcome: NoAnswer['outcome']) {
    super(`no SSH connection to ${where} (${outcome.kind}: ${outcome.cause})`);
    this.name = 'NoAnswer';
    this.outcome = outcome;
  }
}

/**
 * Dials until the worker answers and its shim is open. Throws `WorkerLost` when patience runs out or another host key is shown,
 * `Fenced` when the worker belongs to a later generation.
 */
export async function dialWorker(tools: DialTools, dial: Dial, signal: AbortSignal): Promise<Dialled> {
  const until = tools.clock.monotonic() + dial.patienceMs;
  let last: NoAnswer['outcome'] = { kind: 'timeout', cause: 'it was not tried' };
  for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    const outcome = await tools.transport.connect({ ...dial.target, timeoutMs: TRY_MS, handshakeTimeoutMs: HANDSHAKE_MS }, signal);
    if (outcome.kind === 'connected') {
      const line = await openShim(tools, { dial, ...outcome }, signal);
      if (line.kind === 'open') return line.dialled;
      last = { kind: 'broken', cause: line.cause };
    } else {
      last = outcome;
      if (outcome.kind === 'impostor') throw new WorkerLost(`the worker shows another host key than before (${outcome.cause})`);
    }
    if (tools.clock.monotonic() >= until) throw new NoAnswer(`${dial.target.host}:${dial.target.port}`, last);
    await tools.clock.sleep(outcome.kind === 'denied' ? DENIED_PAUSE_MS : pauseMs, signal);
  }
}

async function openShim(
  tools: DialTools,
  of: { readonly dial: Dial; readonly session: Session; readonly hostKey: string },
  signal: AbortSignal,
) {
  const { dial, session, hostKey } = of;
  const shim = tools.makeShim(session, dial);
  const answer = await shim.open(signal).catch(async (error) => {
    await session[Symbol.asyncDispose]();
    throw error;
  });
  if (answer.kind === 'ok') return { kind: 'open' as const, dialled: { session, shim, state: answer, hostKey } };
  await session[Symbol.asyncDispose]();
  if (answer.kind === 'stale') throw new Fenced(dial.jobId, `the worker is at generation ${answer.generation}`);
  if (answer.kind === 'broken') throw new WorkerBroken(answer.cause);
  return { kind: 'lost' as const, cause: answer.cause };
}

/** Whether the worker proved that it is the task we started: `impostor` when it named another nonce than ours. */
export function proofOf(state: WorkerState, nonce: Secret): 'proved' | 'unverified' | 'impostor' {
  if (state.nonce === '') return 'unverified';
  return isSameSecret(nonce, state.nonce) ? 'proved' : 'impostor';
}
