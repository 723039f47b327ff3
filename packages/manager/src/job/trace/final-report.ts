import { type Clock, delayFor, type Random, type RetryPolicy, unreachable } from '@fargate-gitlab-runner/kernel';
import type { Coordinator, JobCredentials, JobUpdate } from '../../coordinator/coordinator.ts';
import type { PatchPace } from './patch-pace.ts';
import type { TraceDelivery } from './trace-delivery.ts';

/** Source: GitLab runner, final update of a job. */
const POLICY: RetryPolicy = { attempts: 10, firstDelayMs: 1000, maxDelayMs: 3_600_000, factor: 2, jitter: 'none' };
/** A trace that GitLab rejects this often will not be taken the next time either. */
const REJECTIONS = 10;

/**
 * How the report ended. `reported`: GitLab has taken it. `gone`: GitLab had ended the job before, the normal answer to a report that is
 * repeated. `given up`: it could not be delivered in all tries.
 */
export type ReportOutcome = { readonly kind: 'reported' } | { readonly kind: 'gone' | 'given up'; readonly cause: string };

/** What a final report works with. */
export interface FinalReportTools {
  readonly delivery: TraceDelivery;
  readonly pace: PatchPace;
  readonly coordinator: Coordinator;
  readonly job: JobCredentials;
  readonly clock: Clock;
  readonly random: Random;
}

/** One round: settled, asked to come again after a wait that is no failure, or failed. */
type Round =
  | { readonly kind: 'settled'; readonly outcome: ReportOutcome }
  | { readonly kind: 'again' | 'rejected' }
  | { readonly kind: 'failed'; readonly cause: string };

/** Sends the rest of the trace and then the report, until GitLab has taken both or the tries are used up. */
export async function deliverFinalReport(
  tools: FinalReportTools,
  report: Omit<JobUpdate, 'output'>,
  signal: AbortSignal,
): Promise<ReportOutcome> {
  const counts = { failed: 0, rejected: 0, again: 0 };
  for (;;) {
    const round = await playRound(tools, report, signal);
    if (round.kind === 'settled') return round.outcome;
    counts[round.kind]++;
    const waitMs = waitAfter(round, counts, tools);
    if (typeof waitMs !== 'number') return waitMs;
    if (round.kind === 'rejected') tools.delivery.restart();
    await tools.clock.sleep(waitMs, signal);
  }
}

/** How long to wait before the next round, or how it all ends. Only failures count as tries. */
function waitAfter(
  round: Exclude<Round, { kind: 'settled' }>,
  counts: { readonly failed: number; readonly rejected: number },
  { pace, random }: FinalReportTools,
): number | ReportOutcome {
  if (counts.rejected > REJECTIONS) return { kind: 'given up', cause: 'GitLab rejects the trace' };
  if (round.kind !== 'failed') return pace.intervalMs;
  const delay = delayFor(counts.failed, POLICY, { random });
  return delay === 'give up' ? { kind: 'given up', cause: round.cause } : delay;
}

async function playRound(tools: FinalReportTools, report: Omit<JobUpdate, 'output'>, signal: AbortSignal): Promise<Round> {
  const obstacle = await flush(tools, signal);
  if (obstacle) return obstacle;
  const verdict = await tools.coordinator.update(tools.job, { ...report, output: tools.delivery.output }, signal);
  switch (verdict.kind) {
    case 'accepted':
      return { kind: 'settled', outcome: { kind: 'reported' } };
    case 'gone':
      return { kind: 'settled', outcome: verdict };
    case 'pending':
    case 'rejected':
      tools.pace.obey(verdict.paceMs);
      return { kind: verdict.kind === 'pending' ? 'again' : 'rejected' };
    case 'failed':
      return verdict;
    default:
      return unreachable(verdict);
  }
}

/** Sends until everything has arrived. A trace that GitLab doesn't know is left behind: the report still counts. */
async function flush({ delivery, pace }: FinalReportTools, signal: AbortSignal): Promise<Round | undefined> {
  for (;;) {
    const step = await delivery.step(signal);
    switch (step.kind) {
      case 'idle':
        return undefined;
      case 'moved':
        pace.obey(step.paceMs);
        break;
      case 'missing':
        delivery.giveUp();
        return undefined;
      case 'stuck':
        return { kind: 'failed', cause: step.cause };
      case 'gone':
        return { kind: 'settled', outcome: { kind: 'gone', cause: step.cause } };
      default:
        return unreachable(step);
    }
  }
}
