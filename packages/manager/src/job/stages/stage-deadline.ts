import type { ScriptTimeouts } from '../../shell/script-timeouts.ts';
import { AFTER_SCRIPT_MS } from '../../shell/script-timeouts.ts';
import type { PlannedStage } from '../../shell/stage-plan.ts';
import type { RecordedStage } from '../../store/job-record.ts';

/** Until when a stage may run, whose deadline that is, and what the author is told about it. */
export interface StageDeadline extends Pick<RecordedStage, 'deadlineAt' | 'limit'> {
  readonly warning?: string;
}

/** What a deadline is made of; times are milliseconds since the epoch. */
export interface DeadlineFacts {
  readonly now: number;
  /** That of the job. */
  readonly jobDeadlineAt: number;
  readonly timeouts: ScriptTimeouts;
  /** What has run so far: the time of the user steps is counted from the first of them. */
  readonly done: readonly RecordedStage[];
}

/**
 * The deadline of a stage that is about to begin; it is recorded with the intent, so that a successor keeps it. A timeout of the
 * author's that is longer than what the job has left counts as its default. Source: reference for job execution, 5.1.
 */
export function stageDeadline(stage: PlannedStage, facts: DeadlineFacts): StageDeadline {
  if (stage.kind === 'after') return afterScriptDeadline(facts);
  return stage.kind === 'user' ? scriptDeadline(facts) : ofJob(facts);
}

function scriptDeadline(facts: DeadlineFacts): StageDeadline {
  const first = facts.done.find((run) => run.stage.startsWith('step_'));
  if (first) return { deadlineAt: first.deadlineAt, limit: first.limit };
  const { scriptMs } = facts.timeouts;
  if (scriptMs === undefined) return ofJob(facts);
  if (scriptMs <= remainingMs(facts)) return { deadlineAt: facts.now + scriptMs, limit: 'script' };
  return { ...ofJob(facts), warning: tooLong('RUNNER_SCRIPT_TIMEOUT', 'the timeout of the job is used') };
}

function afterScriptDeadline(facts: DeadlineFacts): StageDeadline {
  const { afterScriptMs } = facts.timeouts;
  const isTooLong = afterScriptMs > remainingMs(facts);
  const ms = isTooLong ? AFTER_SCRIPT_MS : afterScriptMs;
  const warning = isTooLong && afterScriptMs !== AFTER_SCRIPT_MS && { warning: tooLong('RUNNER_AFTER_SCRIPT_TIMEOUT', '5m is used') };
  if (ms >= remainingMs(facts)) return { ...ofJob(facts), ...warning };
  return { deadlineAt: facts.now + ms, limit: 'after_script', ...warning };
}

function ofJob({ jobDeadlineAt }: DeadlineFacts): StageDeadline {
  return { deadlineAt: jobDeadlineAt, limit: 'job' };
}

function remainingMs({ now, jobDeadlineAt }: DeadlineFacts): number {
  return jobDeadlineAt - now;
}

function tooLong(key: string, instead: string): string {
  return `${key} is longer than the time that is left to the job; ${instead}`;
}
