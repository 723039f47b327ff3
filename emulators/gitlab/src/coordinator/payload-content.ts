import type { ContainerImage, JobArtifacts, JobCache, PipelineJob } from '../pipeline/pipeline.ts';
import { COVERAGE_FORMATS, REPORT_FORMATS } from '../pipeline/report-formats.ts';
import type { JsonValue } from '../wire/json-text.ts';
import { releaseScript } from './release-script.ts';

/** The keys of the payload that say what a job is made of, from what the pipeline's file says of it. */
export function payloadContent(definition: PipelineJob, isProtected: boolean): Readonly<Record<string, JsonValue>> {
  const { image, services, cache, artifacts, secrets, hooks, inputs } = definition;
  return {
    image: image ? container(image) : null,
    services: services.map(container),
    cache: cache.map((one) => cacheEntry(one, isProtected)),
    artifacts: artifacts ? artifactEntries(artifacts) : null,
    hooks: hooks.map(({ name, script }) => ({ name, script })),
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
    ...(inputs.length > 0
      ? { inputs: inputs.map(({ key, type, value }) => ({ key, value: { type, content: value, sensitive: false } })) }
      : {}),
  };
}

/** The step that makes a release, after the script. */
export function releaseStep(definition: PipelineJob | undefined, timeout: number): readonly JsonValue[] {
  const release = definition?.release;
  if (!release) return [];
  return [{ name: 'release', script: releaseScript(release), timeout, when: 'on_success', allow_failure: false }];
}

function container(image: ContainerImage): JsonValue {
  const { name, entrypoint, command, alias, pullPolicy, ports, variables, docker, kubernetes } = image;
  return {
    name,
    ...given({ entrypoint, command, alias, pull_policy: pullPolicy }),
    ports,
    ...(variables.length > 0
      ? { variables: variables.map(({ key, value, isExpanded }) => ({ key, value, public: true, raw: !isExpanded })) }
      : {}),
    executor_opts: given({ docker: docker && given(docker), kubernetes }),
  };
}

/** GitLab keeps caches of protected branches apart from the others. */
function cacheEntry({ key, paths, untracked, unprotect, policy, when, fallbackKeys }: JobCache, isProtected: boolean): JsonValue {
  const suffix = isProtected && !unprotect ? 'protected' : 'non_protected';
  const plain = typeof key === 'string' ? key : 'default';
  return {
    key: `${plain}-${suffix}`,
    untracked,
    paths,
    policy,
    when,
    fallback_keys: fallbackKeys.map((fallback) => `${fallback}-${suffix}`),
  };
}

function artifactEntries({ name, paths, exclude, untracked, when, expireIn, reports }: JobArtifacts): JsonValue {
  const expiry = { expire_in: expireIn ?? null };
  const archive = { name: name ?? null, untracked, paths, exclude, when, ...expiry, artifact_type: 'archive', artifact_format: 'zip' };
  const isWanted = paths.length > 0 || untracked;
  return [
    ...(isWanted ? [archive] : []),
    ...reports.map((report) => {
      const { format, name: file } = REPORT_FORMATS[report.type] ?? COVERAGE_FORMATS[report.type] ?? { format: 'gzip', name: report.type };
      return { name: file, paths: report.paths, when: 'always', ...expiry, artifact_type: report.type, artifact_format: format };
    }),
  ];
}

/** Without the fields that are undefined. */
function given(fields: Readonly<Record<string, JsonValue | undefined>>): Readonly<Record<string, JsonValue>> {
  const kept = Object.entries(fields).flatMap(([key, value]): [string, JsonValue][] => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(kept);
}
