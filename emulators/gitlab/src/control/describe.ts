import type { Coordinator } from '../coordinator/coordinator.ts';
import type { NumberedHappening } from '../coordinator/event-log.ts';
import type { Job } from '../coordinator/job.ts';
import type { PipelineRecord } from '../coordinator/pipeline-record.ts';
import type { Runner } from '../coordinator/runner.ts';
import type { JobView, PipelineView, RunnerView } from './views.ts';

/** A job as control shows it. */
export function describeJob(coordinator: Coordinator, job: Job): JobView {
  const { name, stage, pipelineId, tags, when, needs, definition } = job.spec;
  const pipeline = coordinator.pipelines.get(pipelineId);
  const startsAt = pipeline?.startsAt(job);
  const stuck = coordinator.stuckReason(job);
  return {
    id: job.id,
    token: job.token,
    name,
    stage,
    pipelineId,
    status: job.status,
    tags,
    allowFailure: job.isAllowedToFail,
    group: definition?.group ?? name,
    when,
    ...(needs ? { needs: needs.map((need) => need.job) } : {}),
    isPlayable: pipeline?.isPlayable(job) === true,
    isRetried: pipeline?.isRetried(job) === true,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(definition?.manualConfirmation === undefined ? {} : { confirmation: definition.manualConfirmation }),
    ...job.end,
    ...(job.assignment ? { assignment: job.assignment } : {}),
    traceSize: job.trace.size,
    hasForgotten: job.trace.wasTruncated,
    traceChecksum: job.trace.checksum,
    traceChunks: job.trace.appends,
    updates: job.updates,
    artifacts: job.artifacts.all.map(({ path: _ours, expireAt, ...artifact }) =>
      expireAt === undefined ? artifact : { ...artifact, expireAt },
    ),
    dotenv: job.dotenv,
    isErased: job.isErased,
    isDebugTrace: job.isDebugTrace,
    ...(stuck === undefined ? {} : { stuck }),
  };
}

/** A pipeline as control shows it. */
export function describePipeline(coordinator: Coordinator, pipeline: PipelineRecord): PipelineView {
  const { id, status, stages, facts } = pipeline;
  const name = facts.name === undefined ? {} : { name: facts.name };
  return { id, status, ...name, stages, jobs: pipeline.jobs.map((job) => describeJob(coordinator, job)) };
}

/** A runner as control shows it. */
export function describeRunner({ id, token, tokenExpiresAt, rules, managers }: Runner): RunnerView {
  const { maximumTimeout, maintenanceNote, projects, ...always } = rules;
  return {
    id,
    token,
    ...always,
    ...(maximumTimeout === undefined ? {} : { maximumTimeout }),
    ...(maintenanceNote === undefined ? {} : { maintenanceNote }),
    ...(projects === undefined ? {} : { projects }),
    ...(tokenExpiresAt === undefined ? {} : { tokenExpiresAt }),
    managers: [...managers.values()].map(({ systemId, cancelsGracefully, info }) => ({ systemId, cancelsGracefully, info })),
  };
}

/** A happening as one line of the event stream. */
export function describeEvent(event: NumberedHappening): string {
  return JSON.stringify(event.kind === 'trace' ? { ...event, bytes: event.bytes.toString('base64') } : event);
}
