import type { TaskRef, TaskStop } from '../../fleet/fleet.ts';
import { stopSentence } from '../worker/failure-sentence.ts';
import { endingWithoutWorker } from './ending-without-worker.ts';
import { canStartOver } from './start-over.ts';
import type { TracedJob } from '../drive/traced-job.ts';
import { WorkerBroken, type WorkerLink } from '../worker/worker-link.ts';
import { WorkerStopped } from '../worker/worker-stopped.ts';

/**
 * Its task stops: the job goes on in another worker if nothing of the user's ran in this one, and ends otherwise: as its stages say, if those
 * that are left can't change that.
 */
export function heedStop(traced: TracedJob, stop: TaskStop): void {
  const { control } = traced;
  const lost = new WorkerStopped(stop);
  if (canStartOver(traced, lost)) {
    control.loseWorker(lost);
    return;
  }
  const { ending, ...certain } = endingWithoutWorker(traced, `the worker's task stopped: ${stopSentence(stop)}`);
  control.endBecause(ending, { stop, ...certain });
}

/**
 * A stage has failed, and the job with it, unless it was killed with its worker: AWS ends the processes of a task while its watch waits for
 * the next look. So the worker must still answer, and its task be meant to run. Throws when that is not so; what ECS does not say in time is
 * taken for a worker that lives.
 */
export async function proveWorker(traced: TracedJob, of: { readonly link: WorkerLink; readonly task: TaskRef }): Promise<void> {
  const signal = traced.control.work;
  await of.link.ask((shim) => shim.renew(signal), signal).catch(unlessBroken);
  const stop = await traced.tools.fleet.lookForStop(of.task, signal);
  if (!stop) return;
  heedStop(traced, stop);
  signal.throwIfAborted();
}

/** A worker that says what it can't do has answered. */
function unlessBroken(error: unknown): void {
  if (!(error instanceof WorkerBroken)) throw error;
}
