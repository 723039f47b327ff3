import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Job, JobSpec } from '../coordinator/job.ts';
import type { JobVariable } from '../coordinator/job-variable.ts';
import type { Project } from '../coordinator/project.ts';
import { keepPipelineRef } from '../git/repository.ts';
import type { PipelineJob } from '../pipeline/pipeline.ts';
import { describePipeline } from './describe.ts';
import { readSource } from './read-source.ts';
import { sourceOf } from './source-of.ts';
import type { EnqueuedJobSpec, PipelineSpec, PipelineStart } from './views.ts';

/** Reads the pipeline's file and starts it, or says everything that is wrong with the file. */
export async function startPipeline(coordinator: Coordinator, spec: PipelineSpec): Promise<PipelineStart> {
  const source = await sourceOf(projectOf(coordinator, spec), spec);
  const read = await readSource(spec, source, coordinator.url);
  if (read.kind === 'invalid') return { kind: 'invalid', problems: read.problems };
  const { stages, name, autoCancel } = read.pipeline;
  const pipeline = coordinator.addPipeline({ ...source, stages, name, autoCancel, source: spec.source });
  if (source.project) await keepPipelineRef(source.project.repository, pipeline.id, source.commit.sha);
  const wanted = read.pipeline.jobs.filter((job) => spec.jobs?.includes(job.name) ?? true);
  for (const job of wanted) coordinator.addJob(pipeline, jobSpecOf(coordinator, job, spec.variables ?? []));
  pipeline.advance();
  return { kind: 'started', pipeline: describePipeline(coordinator, pipeline), notes: read.notes };
}

/** Puts one job into the queue, in a pipeline of its own. */
export async function enqueueJob(coordinator: Coordinator, spec: EnqueuedJobSpec): Promise<Job> {
  const { project, commit } = await sourceOf(projectOf(coordinator, spec), spec);
  const source = { project, commit: { ...commit, isProtected: spec.isProtected ?? commit.isProtected } };
  const stage = spec.stage ?? 'test';
  const pipeline = coordinator.addPipeline({ ...source, stages: [stage] });
  if (source.project) await keepPipelineRef(source.project.repository, pipeline.id, source.commit.sha);
  const job = coordinator.addJob(pipeline, {
    name: spec.name ?? 'job',
    stage,
    tags: spec.tags ?? [],
    when: 'on_success',
    needs: undefined,
    definition: undefined,
    allowFailure: spec.allowFailure ?? false,
    timeoutSeconds: spec.timeoutSeconds ?? coordinator.settings.jobTimeoutSeconds,
    script: spec.script ?? ['true'],
    afterScript: spec.afterScript ?? [],
    variables: spec.variables ?? [],
    requiredFeatures: spec.requiredFeatures ?? [],
    payload: spec.payload ?? {},
    rawPayload: spec.rawPayload,
  });
  pipeline.advance();
  return job;
}

/** Undefined: without sources. */
function projectOf(coordinator: Coordinator, { project: path }: PipelineSpec | EnqueuedJobSpec): Project | undefined {
  if (path === undefined) return undefined;
  const project = coordinator.project(path);
  if (project) return project;
  const allowed = coordinator.projects.map((known) => known.path).join(', ');
  throw new CodedError({ code: 'FR_GITLAB_EMULATOR_UNKNOWN', what: 'there is no such project', given: path, allowed });
}

function jobSpecOf(
  coordinator: Coordinator,
  job: PipelineJob,
  extra: readonly JobVariable[],
): Omit<JobSpec, 'pipelineId' | 'project' | 'commit'> {
  const variables = job.variables.map(({ key, value, isExpanded }) => ({ key, value, public: true, masked: false, raw: !isExpanded }));
  return {
    ...job,
    definition: job,
    timeoutSeconds: job.timeoutSeconds ?? coordinator.settings.jobTimeoutSeconds,
    variables: [...variables, ...extra],
    requiredFeatures: [],
    payload: {},
    rawPayload: undefined,
  };
}
