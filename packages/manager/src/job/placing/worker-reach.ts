import type { PlacementFailure, TaskRef, TaskStop } from '../../fleet/fleet.ts';
import type { RecordedWorker } from '../../store/job-record.ts';
import { type Dial, type Dialled, dialWorker, NoAnswer, proofOf } from '../worker/connecting.ts';
import { failPlacement, NoWorker, type PlacedTask, placeJob, recordedTask, untilNextTry } from './placing.ts';
import type { PlacingTools } from './placing-tools.ts';
import { sayLastWords } from './last-words.ts';
import { WorkerLink, WorkerLost } from '../worker/worker-link.ts';
import { WorkerStopped } from '../worker/worker-stopped.ts';

/** A worker that the job can use, and the task it is. */
export interface ReachedWorker {
  readonly link: WorkerLink;
  readonly task: TaskRef;
}

/**
 * The job's worker: the one the record names, or a new one. What was spoken to once is never replaced: a script may have run there.
 */
export function reachWorker(room: PlacingTools, signal: AbortSignal): Promise<ReachedWorker> {
  const { worker } = room.job.record;
  return worker ? returnToWorker(room, { worker, patienceMs: room.tools.settings.reconnectTimeoutMs }, signal) : newWorker(room, signal);
}

/**
 * A line to the worker that the record names. Throws `WorkerStopped` as soon as ECS says that its task stops, `WorkerLost` when it does not
 * answer for `patienceMs`.
 */
export async function returnToWorker(
  room: Omit<PlacingTools, 'say'>,
  of: { readonly worker: RecordedWorker; readonly patienceMs: number },
  signal: AbortSignal,
): Promise<ReachedWorker> {
  const placement = room.job.record.placements.find((p) => p.id === of.worker.placementId);
  const task = placement && recordedTask(placement);
  if (!task) throw new WorkerLost(`the record names no task for placement ${of.worker.placementId}`);
  const dial = dialOf(room, { ...of.worker, patienceMs: of.patienceMs });
  using watch = watchForStop(room, task, signal);
  try {
    return { task, link: makeLink(room, dial, await dialWorker(room.tools, dial, watch.signal)) };
  } catch (error) {
    const stop = signal.aborted ? undefined : watch.stop();
    throw stop ? new WorkerStopped(stop) : error;
  }
}

async function newWorker(room: PlacingTools, signal: AbortSignal): Promise<ReachedWorker> {
  using passing = room.placingTime.run();
  void passing;
  for (;;) {
    const placed = await placeJob(room, signal);
    const reached = await connectTo(room, placed, signal);
    if (reached) return reached;
  }
}

/** Connects to a task that has an address; undefined when it stopped meanwhile, and a new placement is worth a try. */
async function connectTo(room: PlacingTools, placed: PlacedTask, signal: AbortSignal): Promise<ReachedWorker | undefined> {
  const patienceMs = room.placingTime.connectingMs;
  const dial = dialOf(room, { placementId: placed.placementId, host: placed.host, port: room.facts.runner.worker.sshPort, patienceMs });
  using watch = watchForStop(room, placed.task, signal);
  try {
    const line = await dialWorker(room.tools, dial, watch.signal);
    return await acceptWorker(room, { placed, dial, line, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return await withoutContact(room, { placed, stop: watch.stop(), error }, signal);
  }
}

/** Nobody has spoken to the worker: what it printed itself is all there is to tell why. Returns when another placement is worth a try. */
async function withoutContact(
  room: PlacingTools,
  of: { readonly placed: PlacedTask; readonly stop: TaskStop | undefined; readonly error: unknown },
  signal: AbortSignal,
): Promise<undefined> {
  const { placed, stop, error } = of;
  const isUnheard = stop ? !stop.failure.isCapacity : error instanceof WorkerLost;
  if (isUnheard) await sayLastWords(room, placed.task, signal);
  if (stop) return afterStop(room, stop, signal);
  if (error instanceof NoAnswer) throw new NoWorker({ ...room.tools.fleet.judgeConnect(error.outcome), retry: 'give up' });
  throw error instanceof WorkerLost ? new NoWorker(unreachableFailure(error.message)) : error;
}

/** The placement came to nothing because its task stopped. Returns when another one is worth a try. */
async function afterStop(room: PlacingTools, { failure }: TaskStop, signal: AbortSignal): Promise<undefined> {
  await failPlacement(room, failure, signal);
  await untilNextTry(room, failure, signal);
  return undefined;
}

/** A signal that also aborts when the task stops, and how it stopped. */
function watchForStop(room: Pick<PlacingTools, 'tools'>, task: TaskRef, parent: AbortSignal) {
  const stopped = new AbortController();
  const over = new AbortController();
  let seen: TaskStop | undefined;
  room.tools.fleet.awaitStopped(task, AbortSignal.any([parent, over.signal])).then(
    (stop) => {
      seen = stop;
      stopped.abort();
    },
    () => undefined,
  );
  return { signal: AbortSignal.any([parent, stopped.signal]), stop: () => seen, [Symbol.dispose]: () => over.abort() };
}

async function acceptWorker(
  room: PlacingTools,
  of: { readonly placed: PlacedTask; readonly dial: Dial; readonly line: Dialled; readonly signal: AbortSignal },
): Promise<ReachedWorker> {
  const { placed, dial, line } = of;
  const proof = proofOf(line.state, room.job.record.nonce);
  const isRefused = proof === 'impostor' || (proof === 'unverified' && room.facts.runner.worker.proof === 'required');
  if (isRefused) {
    await line.session[Symbol.asyncDispose]();
    throw new NoWorker(unprovedFailure(proof, placed.host));
  }
  const { target } = dial;
  const worker: RecordedWorker = {
    placementId: placed.placementId,
    host: target.host,
    port: target.port,
    hostKey: line.hostKey,
    proof: proof === 'proved' ? 'proved' : 'unverified',
  };
  await room.job
    .change(() => ({ worker }), of.signal)
    .catch(async (error) => {
      await line.session[Symbol.asyncDispose]();
      throw error;
    });
  const { jobId, runner } = room.job.record;
  room.tools.emit({ name: 'worker.connected', jobId, runner, host: placed.host, proof: worker.proof, taskArn: placed.task.taskArn });
  return { task: placed.task, link: makeLink(room, { ...dial, target: { ...target, hostKey: line.hostKey } }, line) };
}

function dialOf(
  room: Omit<PlacingTools, 'say'>,
  of: { placementId: string; host: string; port: number; patienceMs: number; hostKey?: string },
): Dial {
  const { record } = room.job;
  return {
    jobId: record.jobId,
    placementId: of.placementId,
    generation: record.generation,
    patienceMs: of.patienceMs,
    target: {
      host: of.host,
      port: of.port,
      user: room.facts.runner.worker.sshUser,
      clientKey: record.clientKey,
      ...(of.hostKey !== undefined && { hostKey: of.hostKey }),
    },
  };
}

function makeLink(room: Omit<PlacingTools, 'say'>, dial: Dial, first: Dialled): WorkerLink {
  const { tools } = room;
  const { jobId, runner } = room.job.record;
  const pinned: Dial = { ...dial, patienceMs: tools.settings.reconnectTimeoutMs, target: { ...dial.target, hostKey: first.hostKey } };
  return new WorkerLink(first, {
    jobId,
    clock: tools.clock,
    open: (signal) => {
      tools.emit({ name: 'worker.lost', jobId, runner, host: dial.target.host });
      return dialWorker(tools, pinned, signal);
    },
  });
}

function unreachableFailure(cause: string): PlacementFailure {
  return {
    retry: 'give up',
    isCapacity: false,
    elsewhere: false,
    who: 'operator',
    code: 'FR_FLEET_SSH_UNREACHABLE',
    cause,
    cure: 'check that the worker image runs sshd, that SSH_PUBLIC_KEY reaches it, and that the security groups let the manager in',
  };
}

function unprovedFailure(proof: 'proved' | 'unverified' | 'impostor', host: string): PlacementFailure {
  const cause =
    proof === 'impostor'
      ? `the host at ${host} is not the task that was started: it named another nonce`
      : `the worker at ${host} can't prove that it is the task that was started`;
  return {
    retry: 'give up',
    isCapacity: false,
    elsewhere: false,
    who: 'operator',
    code: 'FR_FLEET_WORKER_UNPROVED',
    cause,
    cure: 'nothing was sent to it; look who answers at this address, or set worker_proof to preferred for images whose environment can not be read',
  };
}
