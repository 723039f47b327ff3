import type { JobRecord } from '../../store/job-record.ts';
import { sayPreparation, WORKER_ANSWERS } from '../placing/opening-lines.ts';
import { failPlacement, pauseAfter } from '../placing/placing.ts';
import { hasRunUserScript } from './stage-sequence.ts';
import type { Drive, TracedJob } from '../drive/traced-job.ts';
import type { WorkerStopped } from '../worker/worker-stopped.ts';

/** Lines that a job says once however many workers it has; all others are about the worker that it has now. */
const OF_THE_JOB = /^(opening|secrets|placement|last-words|plan)\b/;
/** The key of the line that begins a run of a stage: its name and attempt. */
const BEGUN = /^(.+)\.(\d+)\.start$/;
/** What takes a worker away this often before the script takes the next one too. */
const MOST_START_OVERS = 3;

/**
 * Whether a job whose worker's task has stopped may begin anew in another worker: no intent of a user's stage (or of the one with the user's
 * hooks) is recorded, so that nothing of the user's can have run, the stop is one that another worker may be spared, and it has not come too
 * often.
 */
export function canStartOver({ job, control }: Pick<Drive, 'job' | 'control'>, { stop }: WorkerStopped): boolean {
  const { phase, stages, payload, placements } = job.record;
  const hasRunHook = payload.hooks.length > 0 && stages.some(({ stage }) => stage === 'get_sources');
  const isNew = phase === 'driving' && !hasRunUserScript(stages) && !hasRunHook && !control.cancel.aborted;
  return isNew && stop.failure.retry !== 'give up' && placements.filter(({ wasServing }) => wasServing).length < MOST_START_OVERS;
}

/** The record of a job without the worker that it had. */
export async function forgetWorker({ job, control }: Pick<Drive, 'job' | 'control'>): Promise<void> {
  await job.change(withoutWorker, control.leave);
}

function withoutWorker({ worker, placements }: JobRecord) {
  const marked = placements.map((placement) => (placement.id === worker?.placementId ? { ...placement, wasServing: true } : placement));
  return { worker: undefined, stages: [], placements: marked };
}

/**
 * The job begins anew: its worker is forgotten, its placement has failed, and the next thing is to place it again. To be called when nothing
 * acts on the old worker any more; the old task is stopped with the others when the job is over.
 */
export async function startOver(traced: TracedJob, { stop }: WorkerStopped): Promise<void> {
  const { control, sender, recordSink } = traced;
  await forgetWorker(traced);
  sender.useSink(recordSink);
  endOldLog(traced);
  control.beginAnew();
  await failPlacement(traced, stop.failure, control.leave);
  await beginNewLog(traced);
  await pauseAfter(traced, stop.failure, AbortSignal.any([control.work, control.cancel]));
}

/**
 * A log that goes on from a chunk with a worker in it, which the record has no more: a predecessor died in the middle of starting over, or
 * this manager has just forgotten the worker. No journal can belong to such a chunk.
 */
export async function leaveForgottenWorker(traced: TracedJob): Promise<void> {
  if (traced.job.record.worker || !traced.trace.said.has(WORKER_ANSWERS)) return;
  endOldLog(traced);
  await beginNewLog(traced);
}

/** Nothing more comes from the old worker: what was held back of it is told, its section is closed, and its journal is not read on. */
function endOldLog({ trace, say }: TracedJob): void {
  trace.endScript();
  for (const key of [...trace.said]) {
    const [, stage, attempt] = BEGUN.exec(key) ?? [];
    if (stage !== undefined) say.sectionEnd(`${stage}.${attempt}.end`, stage);
  }
  trace.beginAnew((key) => OF_THE_JOB.test(key));
}

/** The first lines for the next worker, which are kept at once: whoever comes next must not read the new journal from where the old one ended. */
async function beginNewLog(traced: TracedJob): Promise<void> {
  const { sender, recordSink } = traced;
  sayPreparation(traced);
  await sender.keepRest(async (rest) => {
    if (rest) await recordSink.keep(rest);
  });
}
