import type { JsonValue } from '../wire/json-text.ts';
import type { Job } from './job.ts';
import type { JobVariable } from './job-variable.ts';
import type { PipelineRecord } from './pipeline-record.ts';

/** The jobs whose artifacts a job fetches: those it needs, else all of the stages before it; fewer if it names its dependencies. */
function dependencyJobs(job: Job, pipeline: PipelineRecord | undefined): readonly Job[] {
  if (!pipeline) return [];
  const { needs, stage, definition } = job.spec;
  const place = pipeline.stages.indexOf(stage);
  const before = pipeline.latestJobs.filter((other) => {
    if (other === job || !other.isFinished || other.status === 'skipped') return false;
    if (needs) return needs.some((need) => need.job === other.spec.name && need.artifacts);
    return pipeline.stages.indexOf(other.spec.stage) < place;
  });
  const named = definition?.dependencies;
  return named ? before.filter((other) => named.includes(other.spec.name)) : before;
}

/** The same for the payload: the token is that of the job that fetches. */
export function dependencies(job: Job, pipeline: PipelineRecord | undefined): JsonValue {
  return dependencyJobs(job, pipeline).map((other) => ({
    id: BigInt(other.id),
    name: other.spec.name,
    token: job.token,
    ...(other.artifactsFile ? { artifacts_file: { filename: other.artifactsFile.filename, size: other.artifactsFile.size } } : {}),
  }));
}

/** The dotenv variables of the same jobs, earlier jobs first. */
export function dotenvVariables(job: Job, pipeline: PipelineRecord | undefined): readonly JobVariable[] {
  return dependencyJobs(job, pipeline).flatMap((other) => other.dotenv);
}
