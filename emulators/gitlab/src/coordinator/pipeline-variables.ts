import { type PredefinedVariable, slug, valuesOf } from './predefined-variable.ts';
import type { Project } from './project.ts';
import type { SourceCommit } from './source-commit.ts';

/** What is known before the pipeline's file is read. */
export interface PipelineOrigin {
  /** GitLab's own address, without a slash at the end. */
  readonly url: string;
  readonly project: Pick<Project, 'id' | 'path' | 'defaultBranch'> | undefined;
  readonly commit: SourceCommit;
  /** `push`, `web`, `schedule`, `merge_request_event` …. */
  readonly source: string;
}

type Row = readonly [key: string, meaning: string, value: (origin: PipelineOrigin) => string | undefined];

const SERVER: readonly Row[] = [
  ['CI', 'always `true`', () => 'true'],
  ['GITLAB_CI', 'always `true`', () => 'true'],
  ['GITLAB_FEATURES', 'licensed features; none here', () => ''],
  ['CI_SERVER', 'always `yes`', () => 'yes'],
  ['CI_SERVER_NAME', 'what the coordinator is', () => 'GitLab'],
  ['CI_SERVER_URL', 'address of GitLab', ({ url }) => url],
  ['CI_SERVER_HOST', 'host of that address', ({ url }) => new URL(url).hostname],
  ['CI_SERVER_FQDN', 'host and port of that address', ({ url }) => new URL(url).host],
  ['CI_SERVER_PORT', 'port of that address', ({ url }) => portOf(url)],
  ['CI_SERVER_PROTOCOL', 'protocol of that address', ({ url }) => new URL(url).protocol.replace(':', '')],
  ['CI_SERVER_SHELL_SSH_HOST', 'host for git over SSH', ({ url }) => new URL(url).hostname],
  ['CI_SERVER_SHELL_SSH_PORT', 'port for git over SSH', () => '22'],
  ['CI_SERVER_VERSION', 'version of GitLab that is emulated', () => '18.5.0-ee'],
  ['CI_SERVER_VERSION_MAJOR', 'its first number', () => '18'],
  ['CI_SERVER_VERSION_MINOR', 'its second number', () => '5'],
  ['CI_SERVER_VERSION_PATCH', 'its third number', () => '0'],
  ['CI_SERVER_REVISION', 'revision of GitLab; `emulator` here', () => 'emulator'],
  ['CI_API_V4_URL', 'address of the REST API', ({ url }) => `${url}/api/v4`],
  ['CI_API_GRAPHQL_URL', 'address of the GraphQL API', ({ url }) => `${url}/api/graphql`],
  ['CI_TEMPLATE_REGISTRY_HOST', 'registry of the templates', () => 'registry.gitlab.com'],
  ['CI_PAGES_DOMAIN', 'domain of GitLab Pages', () => 'pages.invalid'],
  ['CI_DEPENDENCY_PROXY_SERVER', 'host of the dependency proxy', ({ url }) => new URL(url).host],
];

const PROJECT: readonly Row[] = [
  ['CI_PROJECT_ID', 'id of the project', ({ project }) => String(project?.id ?? 0)],
  ['CI_PROJECT_NAME', 'last part of its path', (origin) => pathOf(origin).split('/').at(-1)],
  ['CI_PROJECT_TITLE', 'its title; here its name', (origin) => pathOf(origin).split('/').at(-1)],
  ['CI_PROJECT_DESCRIPTION', 'its description; empty here', () => ''],
  ['CI_PROJECT_PATH', 'its path with namespace', pathOf],
  ['CI_PROJECT_PATH_SLUG', 'the same, fit for a URL', (origin) => slug(pathOf(origin))],
  ['CI_PROJECT_NAMESPACE', 'its namespace', namespaceOf],
  ['CI_PROJECT_NAMESPACE_ID', 'id of the namespace', () => '1'],
  ['CI_PROJECT_NAMESPACE_SLUG', 'the namespace, fit for a URL', (origin) => slug(namespaceOf(origin))],
  ['CI_PROJECT_ROOT_NAMESPACE', 'first part of the namespace', (origin) => pathOf(origin).split('/')[0]],
  ['CI_PROJECT_URL', 'address of the project', (origin) => `${origin.url}/${pathOf(origin)}`],
  ['CI_PROJECT_VISIBILITY', '`internal`, `private` or `public`; `private` here', () => 'private'],
  ['CI_PROJECT_REPOSITORY_LANGUAGES', 'languages of the repository; none here', () => ''],
  ['CI_PROJECT_CLASSIFICATION_LABEL', 'external classification; empty here', () => ''],
  ['CI_DEFAULT_BRANCH', 'the default branch', ({ project }) => project?.defaultBranch ?? 'main'],
  ['CI_DEFAULT_BRANCH_SLUG', 'the default branch, fit for a URL', ({ project }) => slug(project?.defaultBranch ?? 'main')],
  ['CI_CONFIG_PATH', 'where the pipeline file is', ({ commit }) => commit.configPath ?? '.gitlab-ci.yml'],
];

const COMMIT: readonly Row[] = [
  ['CI_COMMIT_SHA', 'the commit', ({ commit }) => commit.sha],
  ['CI_COMMIT_SHORT_SHA', 'its first eight characters', ({ commit }) => commit.sha.slice(0, 8)],
  [
    'CI_COMMIT_BEFORE_SHA',
    'what the branch was at before; zeros when that is not known',
    ({ commit }) => commit.beforeSha ?? '0'.repeat(commit.sha.length),
  ],
  ['CI_COMMIT_REF_NAME', 'the branch or tag', ({ commit }) => commit.ref],
  ['CI_COMMIT_REF_SLUG', 'the same, fit for a URL', ({ commit }) => slug(commit.ref)],
  ['CI_COMMIT_REF_PROTECTED', 'whether it is protected', ({ commit }) => String(commit.isProtected)],
  ['CI_COMMIT_BRANCH', 'the branch; not for tags and merge requests', (origin) => (isOfBranch(origin) ? origin.commit.ref : undefined)],
  ['CI_COMMIT_TAG', 'the tag; only for tags', ({ commit }) => (commit.refType === 'tag' ? commit.ref : undefined)],
  ['CI_COMMIT_TAG_MESSAGE', 'message of the tag; only for tags', ({ commit }) => (commit.refType === 'tag' ? '' : undefined)],
  ['CI_COMMIT_MESSAGE', 'the whole message', ({ commit }) => commit.message],
  ['CI_COMMIT_TITLE', 'its first line', ({ commit }) => commit.message.split('\n')[0]],
  ['CI_COMMIT_DESCRIPTION', 'the message without its first line', ({ commit }) => commit.message.split('\n').slice(1).join('\n').trim()],
  ['CI_COMMIT_AUTHOR', 'its author, `Name <address>`', ({ commit }) => commit.author],
  ['CI_COMMIT_TIMESTAMP', 'its time, ISO 8601', ({ commit }) => commit.timestamp],
  ['CI_PIPELINE_SOURCE', 'what started the pipeline: `push`, `web`, `schedule` …', ({ source }) => source],
  ['CI_PIPELINE_TRIGGERED', '`true` when a trigger started it', ({ source }) => (source === 'trigger' ? 'true' : undefined)],
  [
    'CI_OPEN_MERGE_REQUESTS',
    'open merge requests of the branch, `PROJECT!NUMBER`',
    (origin) => (origin.commit.mergeRequest ? `${pathOf(origin)}!${MERGE_REQUEST_IID}` : undefined),
  ],
  ['CHAT_CHANNEL', 'the chat channel that asked; empty here', () => ''],
];

/** The stand-in has one merge request at a time. */
const MERGE_REQUEST_IID = '1';

type OfMergeRequest = (origin: PipelineOrigin, mergeRequest: NonNullable<SourceCommit['mergeRequest']>) => string | undefined;

/** All but those that only some have: APPROVED, ASSIGNEES, LABELS and MILESTONE are not set where there are none. */
const OF_MERGE_REQUEST: readonly (readonly [name: string, meaning: string, value: OfMergeRequest])[] = [
  ['ID', 'its id', () => '1'],
  ['IID', 'its number in the project', () => MERGE_REQUEST_IID],
  ['TITLE', 'its title; here the title of the commit', ({ commit }) => commit.message.split('\n')[0]],
  ['DESCRIPTION', 'its description; empty here', () => ''],
  ['DESCRIPTION_IS_TRUNCATED', 'whether the description is longer than 2700 characters', () => 'false'],
  ['DRAFT', 'whether it is a draft', () => 'false'],
  ['EVENT_TYPE', '`detached`: what is built is the source branch alone', () => 'detached'],
  ['REF_PATH', 'its ref', () => `refs/merge-requests/${MERGE_REQUEST_IID}/head`],
  ['SOURCE_BRANCH_NAME', 'branch that it comes from', ({ commit }) => commit.ref],
  ['SOURCE_BRANCH_PROTECTED', 'whether that branch is protected', ({ commit }) => String(commit.isProtected)],
  ['SOURCE_BRANCH_SHA', 'empty, as in every `detached` pipeline', () => ''],
  ['TARGET_BRANCH_NAME', 'branch that it goes into', (_origin, { targetBranch }) => targetBranch],
  ['TARGET_BRANCH_PROTECTED', 'whether that branch is protected; `true` here', () => 'true'],
  ['TARGET_BRANCH_SHA', 'empty, as in every `detached` pipeline', () => ''],
  ['DIFF_BASE_SHA', 'commit that both branches have in common', (_origin, { diffBaseSha }) => diffBaseSha],
  ['DIFF_ID', 'id of the version of the difference', () => '1'],
  ['PROJECT_ID', 'id of the project that it goes into', ({ project }) => String(project?.id ?? 0)],
  ['PROJECT_PATH', 'path of that project', pathOf],
  ['PROJECT_URL', 'address of that project', (origin) => `${origin.url}/${pathOf(origin)}`],
  ['SOURCE_PROJECT_ID', 'id of the project that it comes from; here the same', ({ project }) => String(project?.id ?? 0)],
  ['SOURCE_PROJECT_PATH', 'path of that project', pathOf],
  ['SOURCE_PROJECT_URL', 'address of that project', (origin) => `${origin.url}/${pathOf(origin)}`],
  ['SQUASH_ON_MERGE', 'whether its commits become one', () => 'false'],
];

/** Only in pipelines of a merge request. Source: GitLab docs, predefined variables for merge request pipelines. */
const MERGE_REQUEST: readonly Row[] = OF_MERGE_REQUEST.map(([name, meaning, value]) => [
  `CI_MERGE_REQUEST_${name}`,
  `of a merge request: ${meaning}`,
  (origin) => origin.commit.mergeRequest && value(origin, origin.commit.mergeRequest),
]);

/** The variables that are there before the pipeline's file is read, so that `rules` and `include` may use them. */
export const PIPELINE_VARIABLES: readonly PredefinedVariable<PipelineOrigin>[] = [...SERVER, ...PROJECT, ...COMMIT, ...MERGE_REQUEST].map(
  ([key, meaning, value]) => ({ key, meaning, value }),
);

/** Their values for one pipeline. */
export function pipelineVariables(origin: PipelineOrigin): Readonly<Record<string, string>> {
  return valuesOf(PIPELINE_VARIABLES, origin);
}

/** `group/name`; jobs without a project get a path that serves nothing. */
export function pathOf({ project }: { readonly project: Pick<Project, 'path'> | undefined }): string {
  return project?.path ?? 'nobody/nothing';
}

function namespaceOf(origin: PipelineOrigin): string {
  return pathOf(origin).split('/').slice(0, -1).join('/');
}

function isOfBranch({ commit, source }: PipelineOrigin): boolean {
  return commit.refType === 'branch' && source !== 'merge_request_event';
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'https:' ? '443' : '80');
}
