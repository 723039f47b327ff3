import type { JsonValue } from '../wire/json-text.ts';
import { expandAll } from '../pipeline/expand-variables.ts';
import { FAILURE_REASONS } from './failure-reason.ts';
import { dependencies, dotenvVariables } from './job-dependencies.ts';
import type { JobVariable } from './job-variable.ts';
import { payloadContent, releaseStep } from './payload-content.ts';
import { pathOf } from './pipeline-variables.ts';
import { type JobSurroundings, predefinedVariables, repositoryUrl } from './predefined-variables.ts';

/**
 * The body of the 201: what GitLab sends a runner about a job. Integers that may exceed 2^53 are `bigint`. Variables
 * have one another put in, as GitLab does before it sends them.
 */
export function jobPayload(surroundings: JobSurroundings): Readonly<Record<string, JsonValue>> {
  const { job } = surroundings;
  const { definition } = job.spec;
  const variables = allVariables(surroundings);
  return {
    job_info: jobInfo(surroundings),
    allow_git_fetch: true,
    git_info: gitInfo(surroundings, variables),
    runner_info: { uuid: `runner-${surroundings.runner.id}`, timeout: timeoutSeconds(surroundings), runner_session_url: null },
    variables: variables.map((variable) => ({ public: false, masked: false, ...variable })),
    steps: steps(surroundings),
    ...(definition ? payloadContent(definition, job.spec.commit.isProtected) : WITHOUT_CONTENT),
    credentials: [],
    dependencies: dependencies(job, surroundings.pipeline),
    features: { trace_sections: true, token_mask_prefixes: [], failure_reasons: FAILURE_REASONS },
    ...job.spec.payload,
    id: BigInt(job.id),
    token: job.token,
  };
}

/** For a job that no pipeline file describes. */
const WITHOUT_CONTENT = { image: null, services: [], cache: [], artifacts: null, hooks: [] };

/** The job's own timeout, capped by the runner's. */
function timeoutSeconds({ job, runner }: JobSurroundings): number {
  return Math.min(job.spec.timeoutSeconds, runner.rules.maximumTimeout ?? Number.POSITIVE_INFINITY);
}

/** Those that win come last: what the file says gives way to dotenv reports, and these to what was given when the pipeline started. */
function allVariables(surroundings: JobSurroundings): readonly JobVariable[] {
  const { job, pipeline } = surroundings;
  const { spec } = job;
  const ofFile = spec.definition?.variables.length ?? 0;
  const own = [...spec.variables.slice(0, ofFile), ...dotenvVariables(job, pipeline), ...spec.variables.slice(ofFile)];
  const withoutSources = spec.project ? [] : [{ key: 'GIT_STRATEGY', value: 'none', public: true, masked: false }];
  return expandAll([...predefinedVariables(surroundings), ...withoutSources, ...own]);
}

function jobInfo({ job }: JobSurroundings): JsonValue {
  const { spec } = job;
  const path = pathOf(spec);
  return {
    id: BigInt(job.id),
    name: spec.name,
    stage: spec.stage,
    pipeline_id: spec.pipelineId,
    project_id: spec.project?.id ?? 0,
    project_name: path.split('/').at(-1) ?? path,
    project_full_path: path,
    namespace_id: 1,
    root_namespace_id: 1,
    organization_id: 1,
    instance_id: 'emulator',
    instance_uuid: '00000000-0000-4000-8000-000000000000',
    user_id: 1,
    scoped_user_id: null,
    time_in_queue_seconds: 0,
    project_jobs_running_on_instance_runners_count: '0',
    queue_size: 1,
    queue_depth: 1,
  };
}

function gitInfo(surroundings: JobSurroundings, variables: readonly JobVariable[]): JsonValue {
  const { commit, pipelineId } = surroundings.job.spec;
  const depth = gitDepth(variables);
  return {
    repo_url: repositoryUrl(surroundings),
    repo_object_format: commit.sha.length === 64 ? 'sha256' : 'sha1',
    ref: commit.ref,
    sha: commit.sha,
    before_sha: '0'.repeat(commit.sha.length),
    ref_type: commit.refType,
    refspecs: [`+refs/pipelines/${pipelineId}:refs/pipelines/${pipelineId}`, ...refspecs(commit, depth)],
    depth,
    protected: commit.isProtected,
  };
}

/** A shallow fetch names the one ref; a full one takes all branches and tags. */
function refspecs(commit: { readonly ref: string; readonly refType: 'branch' | 'tag' }, depth: number): readonly string[] {
  if (depth === 0) return ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  if (commit.refType === 'tag') return [`+refs/tags/${commit.ref}:refs/tags/${commit.ref}`];
  return [`+refs/heads/${commit.ref}:refs/remotes/origin/${commit.ref}`];
}

/** `GIT_DEPTH` if it is a number, else the 20 that GitLab gives new projects. */
function gitDepth(variables: readonly JobVariable[]): number {
  const wanted = variables.findLast((variable) => variable.key === 'GIT_DEPTH')?.value;
  return wanted !== undefined && /^\d+$/.test(wanted) ? Number(wanted) : 20;
}

function steps(surroundings: JobSurroundings): JsonValue {
  const { script, afterScript } = surroundings.job.spec;
  const timeout = timeoutSeconds(surroundings);
  const main = { name: 'script', script, timeout, when: 'on_success', allow_failure: false };
  const release = releaseStep(surroundings.job.spec.definition, timeout);
  if (afterScript.length === 0) return [main, ...release];
  return [main, ...release, { name: 'after_script', script: afterScript, timeout, when: 'always', allow_failure: true }];
}
