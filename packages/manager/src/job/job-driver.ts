import { CodedError, Scope } from '@fargate-gitlab-runner/kernel';
import { maskedPhrases } from '../shell/masked-phrases.ts';
import { resolveVariables } from '../shell/variables.ts';
import type { Ending } from '../store/job-record.ts';
import type { Versioned } from '../store/job-store.ts';
import { RecordSink, WorkerSink, withChunk } from './drive/chunk-sinks.ts';
import { deadlineGuard } from './stages/deadline-guard.ts';
import { sayEnding, saysEnding } from './ending/ending-lines.ts';
import { endOfFailure } from './ending/end-of-failure.ts';
import { unknownExecutorOptions } from './executor-options.ts';
import { interpolateInputs } from './inputs/interpolate-inputs.ts';
import { noncePhrase } from './drive/nonce-phrase.ts';
import { JobControl } from './drive/job-control.ts';
import type { JobEnd } from './drive/job-end.ts';
import { PlacingTime } from './drive/placing-time.ts';
import type { JobFacts, JobTools } from './job-tools.ts';
import { sayLastWords } from './placing/last-words.ts';
import { sayOpening, sayPreparation, sayWorker } from './placing/opening-lines.ts';
import { recordedTask } from './placing/placing.ts';
import { reclaimJob } from './ending/reclaiming.ts';
import { Fenced, RecordedJob } from './recorded-job.ts';
import { reportJob } from './ending/reporting.ts';
import { resolveSecrets } from './job-secrets/resolving-secrets.ts';
import { directoriesOf, runnerFactsOf } from './drive/runner-facts-of.ts';
import { endingWithoutWorker } from './stages/ending-without-worker.ts';
import { retellStages, runStages } from './stages/stage-loop.ts';
import { type Drive, type TracedJob, traceJob } from './drive/traced-job.ts';
import { canStartOver, forgetWorker, leaveForgottenWorker, startOver } from './stages/start-over.ts';
import { heedStop } from './stages/worker-stop.ts';
import { WorkerStopped } from './worker/worker-stopped.ts';
import { type ReachedWorker, reachWorker, returnToWorker } from './placing/worker-reach.ts';

/** `finished`: reported and reclaimed. `left`: handed over as it stands. `fenced`: another manager has it. */
export type DriveOutcome = 'finished' | 'left' | 'fenced';

/**
 * Drives one job from wherever its record says it stands to its tombstone.
 *
 * Life: driving -> reporting -> reclaiming -> done, as recorded. Gotchas: any step may be entered a second time, by a successor; what must
 * not happen twice follows a recorded intent. `leave` stops the drive anywhere and is not an ending.
 */
export async function driveJob(
  tools: JobTools,
  of: { readonly found: Versioned; readonly facts: JobFacts },
  leave: AbortSignal,
): Promise<DriveOutcome> {
  const drive: Drive = {
    tools,
    facts: of.facts,
    job: new RecordedJob(of.found, tools),
    control: new JobControl(leave),
    placingTime: new PlacingTime(tools.settings.placementTimeoutMs, tools.clock),
  };
  const scope = new Scope();
  try {
    if (drive.job.record.phase === 'driving' || drive.job.record.phase === 'reporting') await workAndReport(drive, scope);
    await reclaimJob(tools, drive.job, leave);
    return 'finished';
  } catch (error) {
    if (error instanceof Fenced) return 'fenced';
    if (leave.aborted) return 'left';
    throw error;
  } finally {
    await scope.close();
  }
}

async function workAndReport(drive: Drive, scope: Scope): Promise<void> {
  const { job, control } = drive;
  if (job.record.phase === 'driving' && !endIfRefused(drive)) await tellRunning(drive);
  const old = control.ending ? undefined : await oldWorker(drive, scope);
  const traced = await openTrace(drive, { old, scope });
  if (job.record.phase === 'driving') {
    const end = await untilEnding(traced, { old, scope });
    await recordEnding(traced, end);
    tellEnding(drive, end.ending);
  } else {
    if (old) await retell(traced, old);
    if (job.record.ending) await recordEnding(traced, { ending: job.record.ending });
  }
  if (control.ending) traced.sender.useSink(traced.recordSink);
  await reportJob(traced);
  await job.change(() => ({ phase: 'reclaiming' }), control.leave);
}

/**
 * From here on the job has ended, whatever becomes of its worker: how its last stage ended, the last line, and all of the log that GitLab may
 * not have, are stored in the same write. A successor tells the end without the worker.
 */
async function recordEnding({ job, control, sender, say }: TracedJob, { ending, stages, remark }: JobEnd): Promise<void> {
  if (ending.kind === 'dropped') {
    await job.change(() => ({ ending, phase: 'reclaiming' }), control.leave);
    return;
  }
  if (remark !== undefined) say.warning('worker.failed', remark);
  sayEnding(say, ending);
  await sender.keepRest((rest) =>
    job.change(
      (record) => ({ ending, phase: 'reporting', ...(stages && { stages }), ...(rest && { chunks: withChunk(record, rest) }) }),
      control.leave,
    ),
  );
}

/** The end of the log, where a predecessor did not live to keep it. The job is reported also without. */
async function retell(traced: TracedJob, worker: ReachedWorker): Promise<void> {
  try {
    sayPreparation(traced);
    await retellStages(traced, worker.link);
  } catch (error) {
    const { ending, ...how } = endOfFailure(traced, error);
    traced.control.endBecause(ending, how);
  }
}

function tellEnding({ tools, job }: Drive, ending: Ending): void {
  const { jobId, runner, acceptedAt } = job.record;
  const seconds = (tools.clock.now() - acceptedAt) / 1000;
  const details =
    ending.kind === 'failed'
      ? { reason: ending.reason, detail: ending.detail, ...(ending.exitCode !== undefined && { exitCode: ending.exitCode }) }
      : {};
  tools.emit({ name: 'job.ended', jobId, runner, ending: ending.kind, seconds, ...details });
}

/**
 * A job that asks for what no runner knows does not begin, and one whose runner is gone does not go on: the only thing that GitLab hears of it
 * is its end.
 */
function endIfRefused(drive: Drive): boolean {
  const { job, control, facts } = drive;
  if (facts.isRunnerGone) {
    const { ending, ...how } = endingWithoutWorker(drive, goneRunner(job.record.runner));
    control.endBecause(ending, how);
    return true;
  }
  const problems = unknownExecutorOptions(job.record.payload);
  if (problems.length === 0) return false;
  control.endBecause({ kind: 'failed', reason: 'runner_system_failure', exitCode: 3, detail: problems.join('; ') });
  return true;
}

function goneRunner(name: string): string {
  const cure = 'let the jobs of a runner end, with the runner paused in GitLab, before it is taken out of the configuration';
  return `no manager has the runner ${JSON.stringify(name)} any more. For the operator of the runner: ${cure}`;
}

/** The first act for every job, taken or taken over: GitLab may have canceled it while nobody drove it. */
async function tellRunning({ tools, job, control }: Drive): Promise<void> {
  const { jobId, jobToken, runner } = job.record;
  const verdict = await tools.coordinator.update({ id: jobId, token: jobToken }, { state: 'running' }, control.leave);
  if (verdict.kind === 'failed') tools.emit({ name: 'job.unannounced', jobId, runner, cause: verdict.cause });
  if (verdict.kind === 'gone') control.endBecause({ kind: 'dropped', detail: verdict.cause });
  if (verdict.kind === 'accepted' && verdict.isCanceling) control.requestCancel();
}

/**
 * The worker that the record names. A worker that is lost ends a job that was still running in it, unless the job can begin anew. One whose
 * job only has to be reported is waited for as long if the end of the log is nowhere else, as a manager of the version before leaves it.
 */
async function oldWorker(drive: Drive, scope: Scope): Promise<ReachedWorker | undefined> {
  const { job, control, tools } = drive;
  const { worker, phase } = job.record;
  if (!worker) return undefined;
  const patienceMs = saysEnding(job.record) ? 0 : tools.settings.reconnectTimeoutMs;
  try {
    const reached = await returnToWorker(drive, { worker, patienceMs }, control.work);
    scope.defer('the connection to the worker', () => reached.link[Symbol.asyncDispose]());
    return reached;
  } catch (error) {
    const { ending, ...how } = endOfFailure(drive, error);
    const stop = error instanceof WorkerStopped ? { stop: error.stop } : {};
    if (error instanceof WorkerStopped && canStartOver(drive, error)) await forgetWorker(drive);
    else if (phase === 'driving') control.endBecause(ending, { ...stop, ...how });
    return undefined;
  }
}

async function openTrace(drive: Drive, of: { readonly old: ReachedWorker | undefined; readonly scope: Scope }): Promise<TracedJob> {
  const { control } = drive;
  const { link } = of.old ?? {};
  const sink = link && new WorkerSink(link, new RecordSink(drive.job, control.leave), control);
  const traced = await traceJob(drive, {
    masks: masksOf(drive, link?.state.home ?? '/'),
    ...(link && sink && { inWorker: { sink, lastChunk: link.state.lastChunk } }),
  });
  if (drive.job.record.phase === 'driving' && !control.ending) await leaveForgottenWorker(traced);
  const stopSending = new AbortController();
  const sending = traced.sender.run(AbortSignal.any([control.leave, stopSending.signal]));
  of.scope.background('sending the trace', sending, (error) => stopBecause(drive, error));
  of.scope.defer('the sender', () => stopSending.abort());
  return traced;
}

/** Something in the background failed: the job ends by it, or is another manager's. */
function stopBecause(drive: Drive, error: unknown): void {
  const { control } = drive;
  if (control.leave.aborted) return;
  if (error instanceof Fenced) {
    control.abandon(error);
    return;
  }
  const { ending, ...how } = endOfFailure(drive, error);
  control.endBecause(ending, how);
}

async function untilEnding(traced: TracedJob, of: { readonly old: ReachedWorker | undefined; readonly scope: Scope }): Promise<JobEnd> {
  const { control } = traced;
  try {
    control.work.throwIfAborted();
    sayOpening(traced);
    refuseBadInputs(traced);
    await getSecrets(traced);
    sayPreparation(traced);
    for (let { old } = of; ; old = undefined) {
      const end = await runInWorker(traced, { old, scope: of.scope });
      if (end !== 'worker lost') return end;
    }
  } catch (error) {
    const end = endOfFailure(traced, error);
    await sayHowItDied(traced);
    return end;
  }
}

/** A container of the worker ended under the job: what it printed itself may tell why. */
async function sayHowItDied(traced: TracedJob): Promise<void> {
  const { stop, remark, leave } = traced.control;
  const last = traced.job.record.placements.at(-1);
  const task = last && recordedTask(last);
  if (task && remark === undefined && stop?.stopCode === 'EssentialContainerExited') await sayLastWords(traced, task, leave);
}

/** Throws what is wrong with the inputs of a job that was recorded with its inputs left as they are: admission could not put them in. */
function refuseBadInputs({ job, facts }: TracedJob): void {
  interpolateInputs(job.record.payload, facts.runner.environment);
}

async function getSecrets(traced: TracedJob): Promise<void> {
  const { control } = traced;
  using guard = deadlineGuard(traced);
  void guard;
  await resolveSecrets(traced, AbortSignal.any([control.work, control.cancel]));
  traced.trace.useMasks(masksOf(traced, '/'));
}

/** Gets a worker and runs the job in it. `worker lost`: before anything of the user's ran, so that another one is to be had. */
async function runInWorker(
  traced: TracedJob,
  of: { readonly old: ReachedWorker | undefined; readonly scope: Scope },
): Promise<JobEnd | 'worker lost'> {
  using guard = deadlineGuard(traced);
  const worker = of.old ?? (await newWorker(traced, of.scope));
  guard.workerIsThere();
  sayWorker(traced);
  watchWorker(traced, worker, of.scope);
  try {
    return await runStages(traced, worker);
  } catch (error) {
    const { lostWorker, ending, leave } = traced.control;
    if (!lostWorker || ending || leave.aborted || error instanceof Fenced) throw error;
    // An intent of a user's stage may have been recorded since the task was seen to stop.
    if (!canStartOver(traced, lostWorker)) throw lostWorker;
    await worker.link[Symbol.asyncDispose]();
    await startOver(traced, lostWorker);
    return 'worker lost';
  }
}

/** A cancel ends the wait for a worker: nothing has run yet, so nothing has to run after it. */
async function newWorker(traced: TracedJob, scope: Scope): Promise<ReachedWorker> {
  const { control } = traced;
  const worker = await reachWorker(traced, AbortSignal.any([control.work, control.cancel]));
  scope.defer('the connection to the worker', () => worker.link[Symbol.asyncDispose]());
  traced.trace.useMasks(masksOf(traced, worker.link.state.home));
  traced.sender.useSink(new WorkerSink(worker.link, traced.recordSink, control));
  return worker;
}

/** Ends the job when its task stops, and tells the worker from time to time that it still has a manager. */
function watchWorker(traced: TracedJob, worker: ReachedWorker, scope: Scope): void {
  const { tools, control, job } = traced;
  const { jobId, runner } = job.record;
  const watching = new AbortController();
  const signal = AbortSignal.any([control.work, watching.signal]);
  scope.background(
    'watching the task',
    tools.fleet.awaitStopped(worker.task, signal).then((stop) => heedStop(traced, stop)),
    () => undefined,
  );
  const onBroken = ({ message }: Error) => tools.emit({ name: 'worker.renewal_failed', jobId, runner, cause: message });
  scope.background('renewing the worker', worker.link.keepRenewed({ everyMs: tools.settings.renewMs, onBroken }, signal), (error) => {
    if (error instanceof Fenced) control.abandon(error);
  });
  scope.defer('the watch', () => watching.abort());
}

/** Everything that must not be readable in the trace. A payload whose variables can't be resolved runs no script: the stages refuse it. */
function masksOf(drive: Drive, home: string): string[] {
  const { record } = drive.job;
  return [...phrasesOf(drive, home), noncePhrase(record)];
}

function phrasesOf(drive: Drive, home: string): string[] {
  const { payload } = drive.job.record;
  try {
    return maskedPhrases(resolveVariables(payload, runnerFactsOf(drive, directoriesOf(drive, home))), payload);
  } catch (error) {
    if (error instanceof CodedError) return maskedPhrases([], payload);
    throw error;
  }
}
