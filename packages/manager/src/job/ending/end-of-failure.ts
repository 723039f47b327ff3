import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';
import type { Ending } from '../../store/job-record.ts';
import type { JobEnd } from '../drive/job-end.ts';
import { NoWorker } from '../placing/placing.ts';
import { Fenced } from '../recorded-job.ts';
import { SecretsUnavailable } from '../job-secrets/resolving-secrets.ts';
import { endingWithoutWorker } from '../stages/ending-without-worker.ts';
import { hasRunUserScript } from '../stages/stage-sequence.ts';
import type { Drive } from '../drive/traced-job.ts';
import { WorkerBroken, WorkerLost } from '../worker/worker-link.ts';

/**
 * What a failure means for the job. `Fenced`, and whatever happens while this manager leaves, is no ending: it is thrown on. A defect of
 * ours ends the job as a system failure, with its cause in the trace.
 */
export function endOfFailure(drive: Drive, error: unknown): JobEnd {
  const { control, job } = drive;
  if (control.abandoned) throw control.abandoned;
  if (error instanceof Fenced || control.leave.aborted) throw error;
  if (control.ending) return { ending: control.ending, ...(control.remark !== undefined && { remark: control.remark }) };
  if (control.cancel.aborted && !hasRunUserScript(job.record.stages)) return { ending: { kind: 'canceled', detail: 'canceled' } };
  return workerFailure(drive, error) ?? { ending: namedFailure(error) ?? defect(drive, error) };
}

function workerFailure(drive: Drive, error: unknown): JobEnd | undefined {
  if (error instanceof WorkerLost) return endingWithoutWorker(drive, `the worker is lost: ${error.message}`);
  if (error instanceof WorkerBroken) return endingWithoutWorker(drive, `the worker can't go on: ${error.message}`);
  return undefined;
}

function namedFailure(error: unknown): Ending | undefined {
  if (error instanceof SecretsUnavailable) return { kind: 'failed', reason: 'runner_external_dependency_failure', detail: error.message };
  if (error instanceof NoWorker) return systemFailure(`no worker: ${error.message}`);
  if (!(error instanceof CodedError)) return undefined;
  const detail = error.problems.map(sentenceOf).join('; ');
  return { kind: 'failed', reason: 'runner_configuration_error', detail };
}

/** Whoever reads the log has nothing but this line: it says what to do as well. */
function sentenceOf({ what, at, cure, code }: Problem): string {
  return `${at === undefined ? '' : `${at}: `}${what} [${code}]${cure === undefined ? '' : `. ${cure.charAt(0).toUpperCase()}${cure.slice(1)}`}`;
}

function defect({ job, tools }: Pick<Drive, 'job' | 'tools'>, error: unknown): Ending {
  const { jobId, runner } = job.record;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tools.emit({ name: 'job.drive_failed', jobId, runner, seconds: 0, cause });
  return systemFailure(`a defect of the manager: ${error instanceof Error ? error.message : String(error)}`);
}

function systemFailure(detail: string): Ending {
  return { kind: 'failed', reason: 'runner_system_failure', detail };
}
