import { expandText } from '../pipeline/expand-variables.ts';
import type { Job } from './job.ts';
import type { JobVariable } from './job-variable.ts';
import type { PipelineRecord } from './pipeline-record.ts';
import { pathOf, pipelineVariables } from './pipeline-variables.ts';
import { type PredefinedVariable, slug, valuesOf } from './predefined-variable.ts';
import type { Runner } from './runner.ts';

/** What the predefined variables are made of. `url` is GitLab's own address, without a slash at the end. */
export interface JobSurroundings {
  readonly job: Job;
  readonly runner: Runner;
  readonly pipeline: PipelineRecord | undefined;
  readonly url: string;
  readonly nowMs: number;
}

type Row = readonly [key: string, meaning: string, value: (surroundings: JobSurroundings) => string | undefined];

const OF_PIPELINE: readonly Row[] = [
  ['CI_PIPELINE_ID', 'id of the pipeline', ({ job }) => String(job.spec.pipelineId)],
  ['CI_PIPELINE_IID', 'its number in the project', ({ job }) => String(job.spec.pipelineId)],
  ['CI_PIPELINE_URL', 'its address', ({ job, url }) => `${url}/${pathOf(job.spec)}/-/pipelines/${job.spec.pipelineId}`],
  ['CI_PIPELINE_CREATED_AT', 'when it was made, ISO 8601', ({ pipeline, nowMs }) => new Date(pipeline?.createdAt ?? nowMs).toISOString()],
  ['CI_PIPELINE_NAME', 'its name (`workflow:name`)', ({ pipeline }) => pipeline?.facts.name ?? ''],
];

const OF_JOB: readonly Row[] = [
  ['CI_JOB_ID', 'id of the job', ({ job }) => job.id],
  ['CI_JOB_NAME', 'its name', ({ job }) => job.spec.name],
  ['CI_JOB_NAME_SLUG', 'its name, fit for a URL', ({ job }) => slug(job.spec.name)],
  ['CI_JOB_GROUP_NAME', 'its name without what `parallel` adds', ({ job }) => job.spec.definition?.group ?? job.spec.name],
  ['CI_JOB_STAGE', 'its stage', ({ job }) => job.spec.stage],
  ['CI_JOB_URL', 'its address', ({ job, url }) => `${url}/${pathOf(job.spec)}/-/jobs/${job.id}`],
  ['CI_JOB_STARTED_AT', 'when it was given to a runner, ISO 8601', ({ nowMs }) => new Date(nowMs).toISOString()],
  ['CI_JOB_TIMEOUT', 'seconds that it may take', ({ job }) => String(job.spec.timeoutSeconds)],
  ['CI_JOB_MANUAL', '`true` when somebody had to play it', ({ job }) => (job.spec.when === 'manual' ? 'true' : undefined)],
  ['CI_NODE_INDEX', 'its place among those of `parallel`, from 1', ({ job }) => numberText(job.spec.definition?.parallel?.index)],
  ['CI_NODE_TOTAL', 'how many `parallel` makes', ({ job }) => String(job.spec.definition?.parallel?.total ?? 1)],
  ['CI_ENVIRONMENT_NAME', 'name of the environment', ({ job }) => job.spec.definition?.environment?.name],
  ['CI_ENVIRONMENT_SLUG', 'the same, fit for DNS', ({ job }) => environmentSlug(job)],
  ['CI_ENVIRONMENT_ACTION', '`start`, `stop` …', ({ job }) => job.spec.definition?.environment?.action],
  ['CI_ENVIRONMENT_TIER', 'its deployment tier', ({ job }) => tierOf(job)],
  ['CI_ENVIRONMENT_URL', 'its address, when the job names one', environmentUrl],
  ['GITLAB_USER_ID', 'who started it', () => '1'],
  ['GITLAB_USER_LOGIN', 'who started it', () => 'root'],
  ['GITLAB_USER_NAME', 'who started it', () => 'Administrator'],
  ['GITLAB_USER_EMAIL', 'who started it', () => 'admin@example.invalid'],
];

const OF_RUNNER: readonly Row[] = [
  ['CI_RUNNER_ID', 'id of the runner', ({ runner }) => String(runner.id)],
  ['CI_RUNNER_DESCRIPTION', 'its description', ({ runner }) => runner.rules.description],
  ['CI_RUNNER_TAGS', 'its tags, as JSON', ({ runner }) => JSON.stringify(runner.rules.tags)],
];

const CREDENTIALS: readonly (readonly [...Row, isMasked: boolean])[] = [
  ['CI_JOB_TOKEN', 'token of the job, good while it runs', ({ job }) => job.token, true],
  ['CI_REPOSITORY_URL', 'address that git fetches from', repositoryUrl, false],
  ['CI_DEPENDENCY_PROXY_USER', 'user of the dependency proxy', () => 'gitlab-ci-token', false],
  ['CI_DEPENDENCY_PROXY_PASSWORD', 'its password', ({ job }) => job.token, true],
  ['CI_REGISTRY_USER', 'user of the container registry', () => 'gitlab-ci-token', false],
  ['CI_REGISTRY_PASSWORD', 'its password', ({ job }) => job.token, true],
];

/** The variables that GitLab adds when a runner takes the job; those of the pipeline come before them. */
export const JOB_VARIABLES: readonly PredefinedVariable<JobSurroundings>[] = [...OF_PIPELINE, ...OF_JOB, ...OF_RUNNER].map(
  ([key, meaning, value]) => ({ key, meaning, value }),
);

/** Those that hold the job's token, or belong to it. */
export const CREDENTIAL_VARIABLES: readonly (PredefinedVariable<JobSurroundings> & { readonly isMasked: boolean })[] = CREDENTIALS.map(
  ([key, meaning, value, isMasked]) => ({ key, meaning, value, isMasked }),
);

/** The `CI_*` variables that GitLab itself adds to every job, in its order of precedence: before those of the pipeline. */
export function predefinedVariables(surroundings: JobSurroundings): readonly JobVariable[] {
  const { job, pipeline, url } = surroundings;
  const { project, commit } = job.spec;
  const source = pipeline?.facts.source ?? 'push';
  const shown = { ...pipelineVariables({ url, project, commit, source }), ...valuesOf(JOB_VARIABLES, surroundings) };
  const credentials = CREDENTIAL_VARIABLES.map(({ key, value, isMasked }) => {
    const isPublic = key.endsWith('_USER');
    return { key, value: value(surroundings) ?? '', public: isPublic, masked: isMasked };
  });
  return [...Object.entries(shown).map(([key, value]) => ({ key, value, public: true, masked: false })), ...credentials];
}

/** The address that git fetches from, with the job token in it. */
export function repositoryUrl({ job, url }: JobSurroundings): string {
  const address = new URL(`${url}/${pathOf(job.spec)}.git`);
  address.username = 'gitlab-ci-token';
  address.password = job.token;
  return address.toString();
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** At most 24 characters, as it goes into names of Kubernetes and DNS. */
function environmentSlug(job: Job): string | undefined {
  const name = job.spec.definition?.environment?.name;
  return name === undefined ? undefined : slug(name).slice(0, 24).replace(/-+$/, '');
}

function tierOf(job: Job): string | undefined {
  const environment = job.spec.definition?.environment;
  if (!environment) return undefined;
  const guess = TIERS.find(([, pattern]) => pattern.test(environment.name))?.[0];
  return environment.deploymentTier ?? guess ?? 'other';
}

/** How GitLab guesses a tier from a name. */
const TIERS: readonly (readonly [tier: string, names: RegExp])[] = [
  ['development', /dev|review|trunk/i],
  ['testing', /test|tst|int|ac(ce|)pt|qa|qc|control|quality/i],
  ['staging', /st(a|)g|mod(e|)l|pre|demo|non/i],
  ['production', /pr(o|)d|live/i],
];

function environmentUrl({ job }: JobSurroundings): string | undefined {
  const { definition, variables } = job.spec;
  const url = definition?.environment?.url;
  const values = new Map(variables.map(({ key, value }) => [key, value]));
  return url === undefined ? undefined : expandText(url, (name) => values.get(name) ?? `$${name}`);
}
