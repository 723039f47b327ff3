import type { JobRecord } from '../../store/job-record.ts';
import { sayPreparation } from '../placing/opening-lines.ts';
import { failPlacement } from '../placing/placing.ts';
import { hasRunUserScript, stageInFlight } from './stage-sequence.ts';
import type { Drive, TracedJob } from '../drive/traced-job.ts';
import type { WorkerStopped } from '../worker/worker-stopped.ts';

/** Lines that a job says once however many workers it has; all others are about the worker that it has now. */
const OF_THE_JOB = /^(opening|placement|plan)\b/;

/**
 * Whether a job whose worker's task has stopped may begin anew in another worker: no intent of a user's stage (or of the one with the user's hooks) is recorded, so that nothing of
 * the user's can have run, and the stop is one that another worker may be spared.
 */
export function canStartOver({ job, control }: Pick<Drive, 'job' | 'control'>, { stop }: WorkerStopped): boolean {
  const { phase, stages, payload } = job.record;
  const hasRunHook = payload.hooks.length > 0 && stages.some(({ stage }) => stage === 'get_sources');
  return phase === 'driving' && !hasRunUserScript(stages) && !hasRunHook && !control.cancel.aborted && stop.failure.retry !== 'give up';
}

/** The record of a job without the worker that it had. */
export async function forgetWorker({ job, control }: Pick<Drive, 'job' | 'control'>): Promise<void> {
  await job.change((): Pick<JobRecord, 'stages'> & { readonly worker: undefined } => ({ worker: undefined, stages: [] }), control.leave);
}

/**
 * The job begins anew: its worker is forgotten, its placement has failed, and the next thing is to place it again. To be called when nothing
 * acts on the old worker any more; the old task is stopped with the others when the job is over.
 */
export async function startOver(traced: TracedJob, { stop }: WorkerStopped): Promise<void> {
  const { job, control, trace, sender, say, recordSink } = traced;
  const inFlight = stageInFlight(job.record.stages);
  await forgetWorker(traced);
  sender.useSink(recordSink);
  trace.endScript();
  if (inFlight) say.sectionEnd(`${inFlight.stage}.${inFlight.attempt}.end`, inFlight.stage);
  trace.beginAnew((key) => OF_THE_JOB.test(key));
  control.beginAnew();
  await failPlacement(traced, stop.failure, control.leave);
  sayPreparation(traced);
}
