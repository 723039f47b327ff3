import { CodedError } from '@fargate-gitlab-runner/kernel';
import { scriptTimeouts } from '../../shell/script-timeouts.ts';
import { planStages } from '../../shell/stage-plan.ts';
import { resolveVariables } from '../../shell/variables.ts';
import type { Ending } from '../../store/job-record.ts';
import type { JobEnd } from '../drive/job-end.ts';
import { directoriesOf, runnerFactsOf } from '../drive/runner-facts-of.ts';
import type { Drive } from '../drive/traced-job.ts';
import { sequenceTimeouts } from './sequence-timeouts.ts';
import { decidedEnding } from './stage-sequence.ts';

/**
 * How a job ends whose worker will run nothing more of it: as its record says, when that is certain whatever the stages that are left would
 * have done, and as a system failure otherwise. `how` the worker failed, as a sentence without a full stop.
 */
export function endingWithoutWorker(drive: Drive, how: string): JobEnd {
  const ending = recordedEnding(drive);
  if (!ending) return { ending: { kind: 'failed', reason: 'runner_system_failure', detail: how } };
  return { ending, remark: `The outcome of the job was certain when its worker failed: ${how}. The end of this log may be missing` };
}

/** A payload whose variables can't be resolved has no plan, so that nothing is certain. */
function recordedEnding(drive: Drive): Ending | undefined {
  const { job, control } = drive;
  const { payload, stages } = job.record;
  try {
    const variables = resolveVariables(payload, runnerFactsOf(drive, directoriesOf(drive, '/')));
    const facts = { isCanceled: control.cancel.aborted, ...sequenceTimeouts(job.record, scriptTimeouts(variables)) };
    return decidedEnding(planStages(payload, variables).stages, stages, facts);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
