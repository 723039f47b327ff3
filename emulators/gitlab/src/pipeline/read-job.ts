import type { Complaints } from './complaints.ts';
import { ConfigHash, stringList } from './config-hash.ts';
import { JOB_KEYWORDS, NOT_HERE, NOT_YET } from './keyword.ts';
import type { LocatedEntries, Place } from './located-yaml.ts';
import type { PipelineJob, PipelineVariable, When } from './pipeline.ts';
import { readArtifacts } from './read-artifacts.ts';
import { readCaches } from './read-cache.ts';
import { readEnvironment } from './read-environment.ts';
import { readImage, readServices } from './read-image.ts';
import { readJobInputs } from './read-job-inputs.ts';
import { type NeedReference, readNeeds } from './read-needs.ts';
import { readParallel, type Sibling } from './read-parallel.ts';
import { readPages } from './read-pages.ts';
import { readRelease } from './read-release.ts';
import { NO_RETRY, readExitCodes, readRetry } from './read-retry.ts';
import { type Rule, readRules, readStartIn } from './read-rules.ts';
import { readScript } from './read-script.ts';
import { readSecrets } from './read-secrets.ts';
import { readVariables } from './read-variables.ts';
import { readRefPolicy, type RefPolicy } from './ref-policy.ts';

/** What of a job is the same for all that `parallel` makes of it, whatever its rules. */
type Settled = Omit<PipelineJob, 'name' | 'needs' | 'dependencies' | 'parallel' | 'variables' | 'inputs'>;

/** A job of the file, before anything is asked about the pipeline that it is for. */
export interface JobDraft {
  readonly name: string;
  readonly at: Place;
  /** Where its stage is said. */
  readonly stageAt: Place;
  readonly settled: Settled;
  readonly siblings: readonly Sibling[];
  readonly needs: readonly NeedReference[] | undefined;
  readonly dependencies: readonly string[] | undefined;
  readonly rules: readonly Rule[] | undefined;
  readonly only: RefPolicy | undefined;
  readonly except: RefPolicy | undefined;
  readonly variables: readonly PipelineVariable[];
  readonly inputs: PipelineJob['inputs'];
  /** Which of the top-level variables the job takes: all, or those named. */
  readonly inheritsVariables: boolean | readonly string[];
}

const WHEN = ['on_success', 'on_failure', 'always', 'manual', 'delayed'] as const;
const MAX_NAME = 255;
const MONTH_SECONDS = 2_592_000;
const NODES = ['stage', 'type', 'interruptible', 'timeout', 'parallel'];

/** Reads one visible job; `entries` hold what it takes from `default` as well. What is wrong is complained of. */
export function readJob(
  name: string,
  of: {
    readonly at: Place;
    readonly entries: LocatedEntries;
    readonly inheritsVariables: boolean | readonly string[];
    /** How GitLab calls it; default `jobs:<name>`. */
    readonly place?: string;
  },
  complaints: Complaints,
): JobDraft {
  const job = new ConfigHash({ at: of.at, entries: of.entries, place: of.place ?? `jobs:${name}`, complaints, nodes: NODES });
  job.allow(JOB_KEYWORDS);
  refuseUnsupported(job);
  if (name.length > MAX_NAME) complaints.invalid(of.at, ` name is too long (maximum is ${MAX_NAME} characters)`, job.place);
  const needs = job.node('needs');
  const draft: JobDraft = {
    name,
    at: of.at,
    stageAt: job.node('stage')?.at ?? of.at,
    settled: readSettled(name, job),
    siblings: readParallel(job),
    needs: needs && readNeeds(needs, `${job.place}:needs`, complaints),
    dependencies: job.strings('dependencies'),
    ...readConditions(job),
    variables: variablesOf(job),
    inputs: readJobInputs(job),
    inheritsVariables: of.inheritsVariables,
  };
  checkDependencies(draft, job);
  return draft;
}

function refuseUnsupported(job: ConfigHash): void {
  for (const [key, { at }] of job.entries) {
    if (NOT_YET.includes(key)) job.complaints.notYet(at, `${job.place}:${key}`);
    const reason = Object.hasOwn(NOT_HERE, key) ? NOT_HERE[key] : undefined;
    if (reason !== undefined) job.complaints.notHere(at, `${job.place}:${key}`, reason);
  }
}

function variablesOf(job: ConfigHash): readonly PipelineVariable[] {
  const node = job.node('variables');
  return node ? readVariables(node, `${job.place}:variables`, job.complaints) : [];
}

function readConditions(job: ConfigHash): Pick<JobDraft, 'rules' | 'only' | 'except'> {
  const { complaints, place } = job;
  const rules = job.node('rules');
  for (const key of ['only', 'except', 'start_in']) {
    const entry = job.entry(key);
    if (rules && entry) complaints.invalid(entry.at, ` config key may not be used with \`rules\`: ${key}`, place);
  }
  const only = job.node('only');
  const except = job.node('except');
  return {
    rules: rules && readRules(rules, { place: `${place}:rules`, allowed: 'job', complaints }),
    only: only && readRefPolicy(only, `${place}:only`, complaints),
    except: except && readRefPolicy(except, `${place}:except`, complaints),
  };
}

function readSettled(name: string, job: ConfigHash): Settled {
  const { complaints, place } = job;
  const when = job.word('when', WHEN) ?? 'on_success';
  const image = job.node('image');
  const services = job.node('services');
  const cache = job.node('cache');
  const coverage = job.text('coverage');
  if (coverage !== undefined && !/^\/.+\/$/s.test(coverage))
    complaints.invalid(job.at, ' config must be a regular expression with re2 syntax', `${place}:coverage`);
  return {
    group: name,
    stage: job.text('stage') ?? job.text('type') ?? 'test',
    tags: readTags(job),
    when,
    startInSeconds: job.has('rules') ? undefined : readStartIn(job, when === 'delayed'),
    ...readFailure(job, when),
    manualConfirmation: job.text('manual_confirmation'),
    timeoutSeconds: readTimeout(job),
    ...readScripts(job),
    image: image && readImage(image, `${place}:image`, complaints),
    services: services ? readServices(services, `${place}:services`, complaints) : [],
    cache: cache ? readCaches(cache, `${place}:cache`, complaints) : [],
    artifacts: artifactsOf(name, job),
    retry: readRetry(job) ?? NO_RETRY,
    interruptible: job.flag('interruptible') ?? false,
    resourceGroup: job.text('resource_group'),
    environment: readEnvironment(job),
    coverage,
    secrets: readSecrets(job),
    release: readRelease(job),
    pages: readPages(name, job),
  };
}

function readTimeout(job: ConfigHash): number | undefined {
  const seconds = job.seconds('timeout');
  return seconds !== undefined && seconds > MONTH_SECONDS ? job.wrong('timeout', 'should not exceed the limit') : seconds;
}

function readTags(job: ConfigHash): readonly string[] {
  const node = job.node('tags');
  const tags =
    node &&
    stringList(
      node.kind === 'list' ? { ...node, items: node.items.flatMap((item) => (item.kind === 'list' ? item.items : [item])) } : node,
    );
  if (node && !tags) job.complaints.invalid(node.at, ' config should be an array of strings', `${job.place}:tags`);
  return tags ?? [];
}

/** What Pages publishes is among the artifacts, whether the file says so or not. */
function artifactsOf(name: string, job: ConfigHash): PipelineJob['artifacts'] {
  const node = job.node('artifacts');
  const artifacts = node && readArtifacts(node, `${job.place}:artifacts`, job.complaints);
  const publish = readPages(name, job)?.publish;
  if (publish === undefined || artifacts?.paths.includes(publish)) return artifacts;
  const nothing = { name: undefined, paths: [], exclude: [], untracked: false, when: 'on_success', expireIn: undefined } as const;
  const base = artifacts ?? { ...nothing, exposeAs: undefined, access: 'all', reports: [] };
  return { ...base, paths: [...base.paths, publish] };
}

function readFailure(job: ConfigHash, when: When): Pick<Settled, 'allowFailure' | 'allowedExitCodes'> {
  const node = job.node('allow_failure');
  if (!node) return { allowFailure: when === 'manual', allowedExitCodes: [] };
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return { allowFailure: node.value, allowedExitCodes: [] };
  if (node.kind !== 'map') {
    job.wrong('allow_failure', 'should be a hash or a boolean value');
    return { allowFailure: false, allowedExitCodes: [] };
  }
  const hash = new ConfigHash({ ...node, place: `${job.place}:allow_failure`, complaints: job.complaints });
  hash.allow(['exit_codes']);
  hash.require(['exit_codes']);
  return {
    allowFailure: false,
    allowedExitCodes: readExitCodes(hash) ?? [],
  };
}

function readScripts(job: ConfigHash): Pick<Settled, 'script' | 'afterScript' | 'hooks'> {
  const lines = (key: string) => {
    const node = job.node(key);
    return node ? readScript(node, `${job.place}:${key}`, job.complaints) : [];
  };
  const main = lines('script');
  const node = job.node('script');
  if (!node && !job.has('run') && !job.has('trigger')) {
    job.complaints.invalid(job.at, ' config should implement the script:, run:, or trigger: keyword', job.place.replace(':', ' '));
  }
  if (node?.kind === 'list' && node.items.length === 0) job.wrong('script', "can't be blank");
  const hooks = job.hash('hooks');
  hooks?.allow(['pre_get_sources_script']);
  const hook = hooks?.node('pre_get_sources_script');
  return {
    script: [...lines('before_script'), ...main],
    afterScript: lines('after_script'),
    hooks: hook
      ? [{ name: 'pre_get_sources_script', script: readScript(hook, `${job.place}:hooks:pre_get_sources_script`, job.complaints) }]
      : [],
  };
}

function checkDependencies({ needs, dependencies }: JobDraft, job: ConfigHash): void {
  if (!needs || needs.length === 0 || !dependencies) return;
  const missing = dependencies.filter((name) => !needs.some((need) => need.job === name));
  if (missing.length > 0) job.wrong('dependencies', `the ${missing.join(', ')} should be part of needs`);
}
