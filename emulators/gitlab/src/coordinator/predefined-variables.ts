import type { Job } from './job.ts';
import type { JobVariable } from './job-variable.ts';
import type { Runner } from './runner.ts';

/** What the predefined variables are made of. `url` is GitLab's own address, without a slash at the end. */
export interface JobSurroundings {
  readonly job: Job;
  readonly runner: Runner;
  readonly url: string;
  readonly nowMs: number;
}

/** The `CI_*` variables that GitLab itself adds to every job, in its order of precedence: before those of the pipeline. */
export function predefinedVariables(surroundings: JobSurroundings): readonly JobVariable[] {
  const publicOnes = {
    ...general(),
    ...ofServer(surroundings.url),
    ...ofProject(surroundings),
    ...ofCommit(surroundings.job),
    ...ofPipeline(surroundings),
    ...ofJob(surroundings),
    ...ofRunner(surroundings.runner),
  };
  return [...Object.entries(publicOnes).map(([key, value]) => ({ key, value, public: true, masked: false })), ...credentials(surroundings)];
}

/** The address that git fetches from, with the job token in it. */
export function repositoryUrl({ job, url }: JobSurroundings): string {
  const address = new URL(`${url}/${projectPath(job)}.git`);
  address.username = 'gitlab-ci-token';
  address.password = job.token;
  return address.toString();
}

/** `group/name`; jobs without a project get a path that serves nothing. */
export function projectPath(job: Job): string {
  return job.spec.project?.path ?? 'nobody/nothing';
}

function general(): Record<string, string> {
  return { CI: 'true', GITLAB_CI: 'true', GITLAB_FEATURES: '', CHAT_CHANNEL: '' };
}

function ofServer(url: string): Record<string, string> {
  const { protocol, hostname, port, host } = new URL(url);
  return {
    CI_SERVER: 'yes',
    CI_SERVER_NAME: 'GitLab',
    CI_SERVER_URL: url,
    CI_SERVER_HOST: hostname,
    CI_SERVER_FQDN: host,
    CI_SERVER_PORT: port || (protocol === 'https:' ? '443' : '80'),
    CI_SERVER_PROTOCOL: protocol.replace(':', ''),
    CI_SERVER_VERSION: '18.5.0-ee',
    CI_SERVER_VERSION_MAJOR: '18',
    CI_SERVER_VERSION_MINOR: '5',
    CI_SERVER_VERSION_PATCH: '0',
    CI_SERVER_REVISION: 'emulator',
    CI_API_V4_URL: `${url}/api/v4`,
    CI_API_GRAPHQL_URL: `${url}/api/graphql`,
    CI_TEMPLATE_REGISTRY_HOST: 'registry.gitlab.com',
  };
}

function ofProject({ job, url }: JobSurroundings): Record<string, string> {
  const path = projectPath(job);
  const name = path.split('/').at(-1) ?? path;
  const namespace = path.split('/').slice(0, -1).join('/');
  return {
    CI_PROJECT_ID: String(job.spec.project?.id ?? 0),
    CI_PROJECT_NAME: name,
    CI_PROJECT_TITLE: name,
    CI_PROJECT_PATH: path,
    CI_PROJECT_PATH_SLUG: slug(path),
    CI_PROJECT_NAMESPACE: namespace,
    CI_PROJECT_ROOT_NAMESPACE: path.split('/')[0] ?? '',
    CI_PROJECT_URL: `${url}/${path}`,
    CI_PROJECT_VISIBILITY: 'private',
    CI_DEFAULT_BRANCH: job.spec.project?.defaultBranch ?? 'main',
    CI_CONFIG_PATH: '.gitlab-ci.yml',
  };
}

function ofCommit(job: Job): Record<string, string> {
  const { commit } = job.spec;
  const [title = '', ...rest] = commit.message.split('\n');
  return {
    CI_COMMIT_SHA: commit.sha,
    CI_COMMIT_SHORT_SHA: commit.sha.slice(0, 8),
    CI_COMMIT_BEFORE_SHA: commit.beforeSha ?? '0'.repeat(commit.sha.length),
    CI_COMMIT_REF_NAME: commit.ref,
    CI_COMMIT_REF_SLUG: slug(commit.ref),
    CI_COMMIT_REF_PROTECTED: String(commit.isProtected),
    CI_COMMIT_MESSAGE: commit.message,
    CI_COMMIT_TITLE: title,
    CI_COMMIT_DESCRIPTION: rest.join('\n').trim(),
    CI_COMMIT_AUTHOR: commit.author,
    CI_COMMIT_TIMESTAMP: commit.timestamp,
    ...(commit.refType === 'tag' ? { CI_COMMIT_TAG: commit.ref } : { CI_COMMIT_BRANCH: commit.ref }),
  };
}

function ofPipeline({ job, url, nowMs }: JobSurroundings): Record<string, string> {
  const id = String(job.spec.pipelineId);
  return {
    CI_PIPELINE_ID: id,
    CI_PIPELINE_IID: id,
    CI_PIPELINE_SOURCE: 'push',
    CI_PIPELINE_URL: `${url}/${projectPath(job)}/-/pipelines/${id}`,
    CI_PIPELINE_CREATED_AT: new Date(nowMs).toISOString(),
    CI_PIPELINE_NAME: '',
  };
}

function ofJob({ job, url, nowMs }: JobSurroundings): Record<string, string> {
  const { name, stage, timeoutSeconds } = job.spec;
  return {
    CI_JOB_ID: job.id,
    CI_JOB_NAME: name,
    CI_JOB_NAME_SLUG: slug(name),
    CI_JOB_STAGE: stage,
    CI_JOB_URL: `${url}/${projectPath(job)}/-/jobs/${job.id}`,
    CI_JOB_STARTED_AT: new Date(nowMs).toISOString(),
    CI_JOB_TIMEOUT: String(timeoutSeconds),
    CI_NODE_TOTAL: '1',
    GITLAB_USER_ID: '1',
    GITLAB_USER_LOGIN: 'root',
    GITLAB_USER_NAME: 'Administrator',
    GITLAB_USER_EMAIL: 'admin@example.invalid',
  };
}

function ofRunner(runner: Runner): Record<string, string> {
  return {
    CI_RUNNER_ID: String(runner.id),
    CI_RUNNER_DESCRIPTION: runner.rules.description,
    CI_RUNNER_TAGS: JSON.stringify(runner.rules.tags),
  };
}

function credentials(surroundings: JobSurroundings): readonly JobVariable[] {
  const { token } = surroundings.job;
  return [
    { key: 'CI_JOB_TOKEN', value: token, public: false, masked: true },
    { key: 'CI_REPOSITORY_URL', value: repositoryUrl(surroundings), public: false, masked: false },
    { key: 'CI_DEPENDENCY_PROXY_USER', value: 'gitlab-ci-token', public: true, masked: false },
    { key: 'CI_DEPENDENCY_PROXY_PASSWORD', value: token, public: false, masked: true },
    { key: 'CI_REGISTRY_USER', value: 'gitlab-ci-token', public: true, masked: false },
    { key: 'CI_REGISTRY_PASSWORD', value: token, public: false, masked: true },
  ];
}

/** Lower case, everything but letters and digits a hyphen, at most 63 characters, no hyphen at the ends. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
