import { goDuration } from '../../shell/go-duration.ts';
import { CLEAR_WORKTREE, type PlannedStage, savesCache } from '../../shell/stage-plan.ts';
import type { JobStatus } from '../../shell/variables.ts';
import type { Ending, RecordedStage } from '../../store/job-record.ts';

/** What comes next: one run of one stage, or the end. */
export type NextStep =
  | { readonly kind: 'run'; readonly stage: PlannedStage; readonly attempt: number; readonly status: JobStatus }
  | { readonly kind: 'end'; readonly ending: Ending };

/** What the sequence depends on beside plan and record. Timeouts are seconds, of the job and of its scripts. */
export interface SequenceFacts {
  readonly isCanceled: boolean;
  readonly timeoutS: number;
  readonly scriptTimeoutS?: number;
  readonly afterScriptTimeoutS?: number;
}

/** What a job has come to so far, and what may still run. */
interface Outcome {
  readonly ending: Ending;
  readonly status: JobStatus;
  readonly rest: Rest;
}

/** What still runs, by the kind of its stages; the clean-up is always the last of it. */
type Rest = readonly (PlannedStage['kind'] | 'cleanup')[];

const NOTHING: Rest = [];
const CLEANUP: Rest = ['cleanup'];
const SAVE_AND_CLEANUP: Rest = ['on_failure', 'cleanup'];
const AFTER_FAILURE: Rest = ['after', 'on_failure', 'cleanup'];
const AFTER_AFTER_SCRIPT: Rest = ['on_failure', 'cleanup'];
const AFTER_SUCCESS: Rest = ['after', 'on_success', 'cleanup'];

/**
 * Which stage runs next, as a pure function of the plan and of what the record says has run: a successor that has only the record
 * goes on exactly where its predecessor stood. Rules: GitLab runner, "which stages run after which failure".
 */
export function nextStep(plan: readonly PlannedStage[], done: readonly RecordedStage[], facts: SequenceFacts): NextStep {
  const outcome = outcomeOf(plan, done, facts);
  if (!outcome)
    return firstUnfinished(plan, done) ?? afterwards(plan, done, { ending: { kind: 'succeeded' }, status: 'success', rest: AFTER_SUCCESS });
  return afterwards(plan, done, outcome);
}

/**
 * The ending that is certain although nothing more can run: each stage that has not ended could not change it. Undefined when one could, or
 * when a run is of a stage that this version doesn't know.
 */
export function decidedEnding(plan: readonly PlannedStage[], done: readonly RecordedStage[], facts: SequenceFacts): Ending | undefined {
  const known = [...plan, CLEAR_WORKTREE].map(({ name }) => name);
  if (done.some(({ stage }) => !known.some((name) => name === stage))) return undefined;
  const runs = done.filter((run) => run.end);
  for (;;) {
    const next = nextStep(plan, runs, facts);
    if (next.kind === 'end') return next.ending;
    if (next.status === 'running' || (next.status === 'success' && canFail(next.stage))) return undefined;
    runs.push({
      stage: next.stage.name,
      attempt: next.attempt,
      deadlineAt: 0,
      limit: 'job',
      end: { code: 0, cause: 'exit', journalEnd: 0 },
    });
  }
}

/** Whether any of the user's own scripts was begun. */
export function hasRunUserScript(done: readonly RecordedStage[]): boolean {
  return done.some((run) => run.stage.startsWith('step_'));
}

/** The stage that is being run: its intent is recorded, its end is not. */
export function stageInFlight(done: readonly RecordedStage[]): RecordedStage | undefined {
  const last = done.at(-1);
  return last && !last.end ? last : undefined;
}

function outcomeOf(plan: readonly PlannedStage[], done: readonly RecordedStage[], facts: SequenceFacts): Outcome | undefined {
  for (const run of done) {
    const stage = plan.find((planned) => planned.name === run.stage);
    const outcome = stage && decisiveEnd(stage, run, facts);
    if (outcome) return outcome;
  }
  if (!facts.isCanceled) return undefined;
  return { ending: canceled, status: 'canceled', rest: restAfterCancel(plan, done) };
}

/** What was saved for a success is not saved again for a failure. */
function restAfterCancel(plan: readonly PlannedStage[], done: readonly RecordedStage[]): Rest {
  if (!hasRunUserScript(done)) return NOTHING;
  return plan.some((stage) => stage.kind === 'on_success' && hasRun(stage, done)) ? CLEANUP : AFTER_FAILURE;
}

const canceled: Ending = { kind: 'canceled', detail: 'canceled' };

/** What the end of this run decides; undefined when the job goes on. */
function decisiveEnd(stage: PlannedStage, run: RecordedStage, facts: SequenceFacts): Outcome | undefined {
  const { end } = run;
  if (!end) return undefined;
  if (end.cause === 'deadline' && run.limit === 'job') return { ending: timedOut(facts.timeoutS), status: 'timedout', rest: NOTHING };
  if (isCleanup(stage) || (stage.kind === 'after' && !stage.isDecisive)) return undefined;
  const rest = restAfterBreak(stage);
  if (end.cause === 'deadline') return { ending: timedOut(limitS(run, facts)), status: 'timedout', rest };
  if (end.cause === 'signal') return { ending: canceled, status: 'canceled', rest };
  return isFailure(stage, run) ? { ending: scriptFailed(end.code), status: 'failed', rest: restAfterFailure(stage) } : undefined;
}

/** Whether the exit status of this run fails the job, as far as that is the script's doing. */
export function isFailure(stage: PlannedStage, { end, attempt }: RecordedStage): boolean {
  if (end?.cause !== 'exit' || end.code === 0 || attempt < stage.attempts) return false;
  return canFail(stage);
}

/** Whether the job depends on how this stage ends. */
function canFail(stage: PlannedStage): boolean {
  return !isCleanup(stage) && !savesCache(stage) && (stage.kind !== 'after' || stage.isDecisive === true);
}

function limitS({ limit }: RecordedStage, { timeoutS, scriptTimeoutS = timeoutS, afterScriptTimeoutS = timeoutS }: SequenceFacts): number {
  return limit === 'script' ? scriptTimeoutS : afterScriptTimeoutS;
}

/** What a stage leaves to do that was broken off. A failed upload is not made up for by the other one. */
function restAfterBreak({ kind }: PlannedStage): Rest {
  if (kind === 'user') return AFTER_FAILURE;
  if (kind === 'after') return AFTER_AFTER_SCRIPT;
  return kind === 'on_success' || kind === 'on_failure' ? CLEANUP : NOTHING;
}

function restAfterFailure(stage: PlannedStage): Rest {
  return stage.kind === 'predefined' && stage.name !== 'prepare_script' ? SAVE_AND_CLEANUP : restAfterBreak(stage);
}

function firstUnfinished(plan: readonly PlannedStage[], done: readonly RecordedStage[]): NextStep | undefined {
  for (const stage of plan) {
    if (isAfterwards(stage)) continue;
    const runs = done.filter((run) => run.stage === stage.name);
    if (runs.some((run) => run.end?.code === 0)) continue;
    if (runs.length === 1 && runs[0]?.end && !hasRun(CLEAR_WORKTREE, done) && stage.name === 'get_sources')
      return step(CLEAR_WORKTREE, 1, 'running');
    return step(stage, runs.length + 1, 'running');
  }
  return undefined;
}

function afterwards(plan: readonly PlannedStage[], done: readonly RecordedStage[], outcome: Outcome): NextStep {
  const remaining = plan.filter((stage) => {
    const kind = isCleanup(stage) ? 'cleanup' : stage.kind;
    return isAfterwards(stage) && outcome.rest.includes(kind) && !hasRun(stage, done);
  });
  const next = remaining[0];
  return next ? step(next, 1, outcome.status) : { kind: 'end', ending: outcome.ending };
}

/** Clean-up runs after everything else, also after most failures. */
export function isCleanup(stage: PlannedStage): boolean {
  return stage.name === 'cleanup_file_variables';
}

/** Whether a stage waits for the outcome of the scripts. */
function isAfterwards(stage: PlannedStage): boolean {
  return isCleanup(stage) || stage.kind === 'after' || stage.kind === 'on_success' || stage.kind === 'on_failure';
}

function hasRun(stage: PlannedStage, done: readonly RecordedStage[]): boolean {
  return done.some((run) => run.stage === stage.name);
}

function step(stage: PlannedStage, attempt: number, status: JobStatus): NextStep {
  return { kind: 'run', stage, attempt, status };
}

function scriptFailed(code: number): Ending {
  return { kind: 'failed', reason: 'script_failure', exitCode: code, detail: `exit code ${code}` };
}

/** The ending of a job whose time is up, worded as users know it. */
export function timedOut(timeoutS: number): Ending {
  return { kind: 'failed', reason: 'job_execution_timeout', detail: `execution took longer than ${goDuration(timeoutS)} seconds` };
}
