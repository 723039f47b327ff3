import type { JsonValue } from '../wire/json-text.ts';
import { isObject } from '../wire/shape.ts';
import type { Coordinator } from './coordinator.ts';
import type { Job } from './job.ts';
import { jobPayload } from './job-payload.ts';
import { requiredFeatures } from './required-features.ts';
import type { Runner, RunnerManager } from './runner.ts';

/** A job that was given to a manager, with the body of the 201. */
export interface AssignedJob {
  readonly job: Job;
  readonly payload: Readonly<Record<string, JsonValue>>;
}

/**
 * The first pending job that the runner may take. A job that needs a feature the manager does not promise fails with
 * `runner_unsupported`, and the search goes on. Synchronous, so that two requests never get the same job.
 */
export function assignJob(
  coordinator: Coordinator,
  asker: { readonly runner: Runner; readonly manager: RunnerManager; readonly info: JsonValue },
): AssignedJob | undefined {
  const { runner, manager } = asker;
  for (const job of coordinator.jobs.pending) {
    if (!runner.takes(job.spec)) continue;
    const pipeline = coordinator.pipelines.get(job.spec.pipelineId);
    const payload = jobPayload({ job, runner, pipeline, url: coordinator.url, nowMs: coordinator.clock.now() });
    const needed = [...requiredFeatures(payload), ...job.spec.requiredFeatures];
    if (needed.some((feature) => !promises(asker.info, feature))) {
      job.move('failed', { failureReason: 'runner_unsupported' });
      continue;
    }
    coordinator.give(job, {
      runnerId: runner.id,
      systemId: manager.systemId,
      cancelsGracefully: manager.cancelsGracefully,
      at: coordinator.clock.now(),
    });
    return { job, payload };
  }
  return undefined;
}

function promises(info: JsonValue, feature: string): boolean {
  const features = isObject(info) ? info.features : undefined;
  return isObject(features) && features[feature] === true;
}
