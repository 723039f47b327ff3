import { timedOut } from './stage-sequence.ts';
import { jobTimeoutS } from '../drive/runner-facts-of.ts';
import type { TracedJob } from '../drive/traced-job.ts';

/** How long after its deadline a worker may take to say that it has enforced it. */
const OVERDUE_MS = 30_000;

/** The manager's side of the job's deadline. */
export interface DeadlineGuard extends Disposable {
  /** From now on the worker enforces the deadline; we only step in when it is overdue. */
  workerIsThere(): void;
}

/** Ends the job when its time is up before there is a worker, or when the worker fails to enforce it. */
export function deadlineGuard(traced: TracedJob): DeadlineGuard {
  const { tools, job, control } = traced;
  const over = new AbortController();
  const signal = AbortSignal.any([control.work, over.signal]);
  let hasWorker = false;
  const end = () => control.endBecause(timedOut(jobTimeoutS(job.record)));
  const guard = async () => {
    await tools.clock.sleep(Math.max(0, job.record.deadlineAt - tools.clock.now()), signal);
    if (!hasWorker) end();
    await tools.clock.sleep(tools.settings.killGraceMs + OVERDUE_MS, signal);
    end();
  };
  void guard().catch(() => undefined);
  return {
    workerIsThere: () => {
      hasWorker = true;
    },
    [Symbol.dispose]: () => over.abort(),
  };
}
