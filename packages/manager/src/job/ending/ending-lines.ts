import { reasonFor } from '@fargate-gitlab-runner/protocol';
import type { JobUpdate } from '../../coordinator/coordinator.ts';
import type { Ending, JobRecord } from '../../store/job-record.ts';
import { decodeChunk } from '../trace/chunk.ts';
import type { SayLine } from '../trace/trace-lines.ts';

const KEY = 'ending';

/** Says the last line of the trace: the one that users look for. */
export function sayEnding(say: SayLine, ending: Ending): void {
  switch (ending.kind) {
    case 'succeeded':
      say.info(KEY, 'Job succeeded');
      return;
    case 'failed':
      say.error(KEY, `Job failed${ending.reason === 'runner_system_failure' ? ' (system failure)' : ''}: ${ending.detail}`);
      return;
    case 'canceled':
      say.error(KEY, `Job failed: ${ending.detail}`);
      return;
    case 'dropped':
  }
}

/** Whether the last line is in a chunk of the record: then all that comes before it has arrived, or is there as well. */
export function saysEnding({ chunks }: Pick<JobRecord, 'chunks'>): boolean {
  return chunks.some(({ encoded }) => {
    const decoded = decodeChunk(Buffer.from(encoded, 'base64'));
    return decoded.kind === 'chunk' && decoded.chunk.said.includes(KEY);
  });
}

/** What GitLab is told, as a pure function of the ending. Undefined when it doesn't want to hear of the job any more. */
export function reportOf(record: JobRecord): Omit<JobUpdate, 'output'> | undefined {
  const { ending } = record;
  const known = record.payload.features.failure_reasons;
  switch (ending?.kind) {
    case 'succeeded':
      return { state: 'success' };
    case 'failed':
      return {
        state: 'failed',
        failureReason: reasonFor(ending.reason, known),
        ...(ending.exitCode !== undefined && { exitCode: ending.exitCode }),
      };
    case 'canceled':
      return { state: 'failed', failureReason: reasonFor('job_canceled', known) };
    default:
      return undefined;
  }
}
