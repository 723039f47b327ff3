import { CLEAR_WORKTREE, type PlannedStage } from '../shell/stage-plan.ts';
import type { JobStatus } from '../shell/variables.ts';
import type { Ending, RecordedStage } from '../store/job-record.ts';

/** What comes next: one run of one stage, or the end. */
export type NextStep =
  | { readonly kind: 'run'; readonly stage: PlannedStage; readonly attempt: number; readonly status: JobStatus }
  | { readonly kind: 'end'; readonly ending: Ending };

/** What a job has come to so far, and what may still run. */
interface Outcome {
  readonly ending: Ending;
  readonly status: JobStatus;
  readonly rest: 'nothing' | 'cleanup' | 'after and cleanup';
}

/**
 * Which stage runs next, as a pure function of the plan and of what the record says has run: a successor that has only the record
 * goes on exactly where its predecessor stood. Rules: GitLab runner, "which stages run after which failure".
 */
export function nextStep(
  plan: readonly PlannedStage[],
  done: readonly RecordedStage[],
  facts: { readonly isCanceled: boolean; readonly timeoutS: number },
): NextStep {
  const outcome = outcomeOf(plan, done, facts);
  if (!outcome)
    return (
      firstUnfinished(plan, done) ?? afterwards(plan, done, { ending: { kind: 'succeeded' }, status: 'success', rest: 'after and cleanup' })
    );
  return afterwards(plan, done, outcome);
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

function outcomeOf(
  plan: readonly PlannedStage[],
  done: readonly RecordedStage[],
  facts: { readonly isCanceled: boolean; readonly timeoutS: number },
): Outcome | undefined {
  for (const run of done) {
    const stage = plan.find((planned) => planned.name === run.stage);
    const outcome = stage && decisiveEnd(stage, run, facts.timeoutS);
    if (outcome) return outcome;
  }
  if (!facts.isCanceled) return undefined;
  return { ending: canceled, status: 'canceled', rest: hasRunUserScript(done) ? 'after and cleanup' : 'nothing' };
}

const canceled: Ending = { kind: 'canceled', detail: 'canceled' };

/** What the end of this run decides; undefined when the job goes on. */
function decisiveEnd(stage: PlannedStage, run: RecordedStage, timeoutS: number): Outcome | undefined {
  const { end } = run;
  if (!end) return undefined;
  if (end.cause === 'deadline' && run.limit === 'job') return { ending: timedOut(timeoutS), status: 'timedout', rest: 'nothing' };
  if (stage.kind === 'after' || isCleanup(stage)) return undefined;
  const rest = stage.kind === 'user' ? 'after and cleanup' : 'nothing';
  if (end.cause === 'deadline') return { ending: timedOut(timeoutS), status: 'timedout', rest };
  if (end.cause === 'signal') return { ending: canceled, status: 'canceled', rest };
  if (end.code === 0 || run.attempt < stage.attempts) return undefined;
  return { ending: scriptFailed(end.code), status: 'failed', rest: restAfterFailure(stage) };
}

function restAfterFailure(stage: PlannedStage): Outcome['rest'] {
  if (stage.kind === 'user') return 'after and cleanup';
  return stage.name === 'prepare_script' ? 'nothing' : 'cleanup';
}

function firstUnfinished(plan: readonly PlannedStage[], done: readonly RecordedStage[]): NextStep | undefined {
  for (const stage of plan) {
    if (stage.kind === 'after' || isCleanup(stage)) continue;
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
    if (stage.kind === 'after') return outcome.rest === 'after and cleanup' && !hasRun(stage, done);
    return isCleanup(stage) && outcome.rest !== 'nothing' && !hasRun(stage, done);
  });
  const next = remaining[0];
  return next ? step(next, 1, outcome.status) : { kind: 'end', ending: outcome.ending };
}

/** Clean-up runs after everything else, also after most failures. */
export function isCleanup(stage: PlannedStage): boolean {
  return stage.name === 'cleanup_file_variables';
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
  const hours = Math.floor(timeoutS / 3600);
  const minutes = Math.floor((timeoutS % 3600) / 60);
  const span = `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${timeoutS % 60}s`;
  return { kind: 'failed', reason: 'job_execution_timeout', detail: `execution took longer than ${span} seconds` };
}
