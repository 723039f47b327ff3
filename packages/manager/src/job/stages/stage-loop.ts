import { shimFolderOf } from '@fargate-gitlab-runner/blueprint';
import { artifactWays } from '../../shell/artifacts/artifact-ways.ts';
import type { CacheLinks } from '../../shell/cache/cache-links.ts';
import { cacheWay } from '../../shell/cache/cache-way.ts';
import { variableWarnings } from '../../shell/exportable.ts';
import { gitSettings } from '../../shell/git-settings.ts';
import { CLEAR_WORKTREE, type PlannedStage, planStages } from '../../shell/stage-plan.ts';
import { parseBoolean } from '../../shell/boolean.ts';
import { valueIn } from '../../shell/resolved-variable.ts';
import { type ScriptTimeouts, scriptTimeouts } from '../../shell/script-timeouts.ts';
import { cacheRelayFor } from '../relay/cache-relay-for.ts';
import { relayFor, type StageCompany } from '../relay/relay-for.ts';
import { retryPauseMs } from '../retry-pause.ts';
import { stageDeadline } from './stage-deadline.ts';
import { stageScript } from '../../shell/stage-script.ts';
import { type JobStatus, resolveVariables } from '../../shell/variables.ts';
import type { RecordedStage } from '../../store/job-record.ts';
import { cacheLinksFor } from './cache-links.ts';
import type { JobEnd } from '../drive/job-end.ts';
import { directoriesOf, runnerFactsOf } from '../drive/runner-facts-of.ts';
import { sequenceTimeouts } from './sequence-timeouts.ts';
import { retellStage, runStage, type StageRoom } from './stage-runner.ts';
import { isFailure, type NextStep, nextStep, stageInFlight } from './stage-sequence.ts';
import { isDebugTrace, type TracedJob } from '../drive/traced-job.ts';
import type { WorkerLink } from '../worker/worker-link.ts';
import type { ReachedWorker } from '../placing/worker-reach.ts';
import { proveWorker } from './worker-stop.ts';

/** What the stages of one job have in common in one worker. */
interface StageSetting {
  readonly traced: TracedJob;
  readonly link: WorkerLink;
  readonly plan: readonly PlannedStage[];
  readonly timeouts: ScriptTimeouts;
  /** Whether the waits between tries double. */
  readonly hasLongPauses: boolean;
  /** Signed once for a run: its script and whoever answers what it asks must know the same. */
  linksFor(stage: PlannedStage): Promise<CacheLinks>;
  scriptOf(of: { readonly stage: PlannedStage; readonly status: JobStatus; readonly links: CacheLinks }): string;
  companyOf(stage: PlannedStage, links: CacheLinks): StageCompany | undefined;
}

/**
 * Runs stage after stage in the worker until the job has come to an ending. Before each run its intent is recorded together with the
 * end of the one before; the end of the last one is the caller's to record. A successor calls this again and goes on in the middle. Throws
 * when the worker is lost.
 */
export async function runStages(traced: TracedJob, worker: ReachedWorker): Promise<JobEnd> {
  const setting = settle(traced, worker.link);
  const room = roomOf(setting);
  await retell(setting, room);
  let runs = traced.job.record.stages;
  for (;;) {
    const next = stepAfter(setting, runs);
    if (next.kind === 'end') return { ending: next.ending, stages: runs };
    const run = stageInFlight(runs) ?? (await recordIntent(setting, next, runs));
    const links = await setting.linksFor(next.stage);
    const company = setting.companyOf(next.stage, links);
    const { code, cause, journalEnd } = await runStage(room, {
      stage: next.stage,
      run,
      script: setting.scriptOf({ ...next, links }),
      ...(company && { company }),
      pauseMs: retryPauseMs(run.attempt, setting.hasLongPauses),
    });
    const ended = { ...run, end: { code, cause, journalEnd } };
    if (isFailure(next.stage, ended)) await proveWorker(traced, worker);
    runs = [...runs.filter((done) => done.end), ended];
  }
}

/** Brings into the trace what stages printed that have ended, as far as a predecessor did not live to keep it. */
export async function retellStages(traced: TracedJob, link: WorkerLink): Promise<void> {
  const setting = settle(traced, link);
  await retell(setting, roomOf(setting));
}

async function retell(setting: StageSetting, room: StageRoom): Promise<void> {
  for (const run of setting.traced.job.record.stages) {
    if (run.end) await retellStage(room, { stage: plannedStage(setting, run), run });
  }
}

/** The worker tells whole seconds of a time that may be a second further: a deadline may come a little late, never early. */
function roomOf({ traced, link }: StageSetting): StageRoom {
  return { ...traced, link, skewMs: (link.state.nowS + 1) * 1000 - traced.tools.clock.now() };
}

function settle(traced: TracedJob, link: WorkerLink): StageSetting {
  const { payload } = traced.job.record;
  const directories = directoriesOf(traced, link.state.home);
  const variables = resolveVariables(payload, runnerFactsOf(traced, directories));
  const { stages, warnings } = planStages(payload, variables);
  const timeouts = scriptTimeouts(variables);
  const complaints = [
    ...warnings,
    ...gitSettings(payload, variables).warnings,
    ...timeouts.warnings,
    ...variableWarnings(variables),
    ...forbidden(traced),
  ];
  if (complaints.length > 0) traced.say.warning('plan.warnings', complaints.join('; '));
  const { settings } = traced.tools;
  const ways = artifactWays({ ...link.state, shimFolder: shimFolderOf(traced.job.record.worker?.placementId ?? '') }, payload);
  return {
    linksFor: (stage) => cacheLinksFor(stage, traced, { payload, variables, tmpDir: directories.tmpDir }),
    companyOf: (stage, links) =>
      relayFor(stage, { traced, link, ways, directories, variables }) ?? cacheRelayFor(stage, { traced, link, directories, links }),
    traced,
    link,
    plan: stages,
    timeouts,
    hasLongPauses: parseBoolean(valueIn(variables, 'FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY')) ?? true,
    scriptOf: ({ stage, status, links }) =>
      stageScript(stage.name, {
        payload,
        variables,
        directories,
        managerHostname: settings.hostname,
        workerHostname: link.state.hostname,
        runnerVersion: settings.version,
        apiUrl: settings.apiUrl,
        artifactWays: ways,
        cacheLinks: links,
        cacheWay: cacheWay(link.state),
        operatorScripts: traced.facts.runner.scripts,
        ...(traced.facts.runner.cloneUrl !== undefined && { cloneUrl: traced.facts.runner.cloneUrl }),
        jobStatus: stage.kind === 'after' ? status : 'running',
      }),
  };
}

function forbidden({ facts, job }: TracedJob): string[] {
  const isForbidden = facts.runner.debugTraceDisabled && isDebugTrace(job.record.payload);
  return isForbidden ? ['CI_DEBUG_TRACE and CI_DEBUG_SERVICES are not allowed on this runner; they are taken for false'] : [];
}

/** The run in flight, whatever has come since, or what the sequence says is next. */
function stepAfter(setting: StageSetting, runs: readonly RecordedStage[]): NextStep {
  const { traced, plan } = setting;
  const timeouts = sequenceTimeouts(traced.job.record, setting.timeouts);
  const inFlight = stageInFlight(runs);
  if (!inFlight) return nextStep(plan, runs, { isCanceled: traced.control.cancel.aborted, ...timeouts });
  const stage = plannedStage(setting, inFlight);
  const planned = nextStep(
    plan,
    runs.filter((run) => run.end),
    { isCanceled: false, ...timeouts },
  );
  const status = planned.kind === 'run' && planned.stage.name === stage.name ? planned.status : 'canceled';
  return { kind: 'run', stage, attempt: inFlight.attempt, status };
}

function plannedStage({ plan }: StageSetting, run: RecordedStage): PlannedStage {
  const stage = [...plan, CLEAR_WORKTREE].find((planned) => planned.name === run.stage);
  if (!stage) throw new Error(`the record has a stage that this version doesn't know: ${run.stage}`);
  return stage;
}

/** The intent of a run, stored before the worker hears of it. */
async function recordIntent(
  setting: StageSetting,
  next: NextStep & { kind: 'run' },
  runs: readonly RecordedStage[],
): Promise<RecordedStage> {
  const { traced, timeouts } = setting;
  const jobDeadlineAt = traced.job.record.deadlineAt;
  const deadline = stageDeadline(next.stage, { now: traced.tools.clock.now(), jobDeadlineAt, timeouts, done: runs });
  const { warning, ...limits } = deadline;
  if (warning !== undefined) traced.say.warning(`${next.stage.name}.timeout`, warning);
  const run: RecordedStage = { stage: next.stage.name, attempt: next.attempt, ...limits };
  await traced.job.change(() => ({ stages: [...runs, run] }), traced.control.leave);
  return run;
}
