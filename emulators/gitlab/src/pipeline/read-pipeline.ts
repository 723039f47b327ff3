import type { Problem } from '@fargate-gitlab-runner/kernel';
import { Complaints } from './complaints.ts';
import { DEFAULT_KEYWORDS, DEFAULT_NOT_YET, ROOT_KEYWORDS, ROOT_NOT_YET } from './keyword.ts';
import { type Located, type LocatedEntry, readYaml } from './located-yaml.ts';
import type { Pipeline, PipelineJob } from './pipeline.ts';
import { type JobContext, readJob } from './read-job.ts';
import { complainOfKeys, readSettings, type SharedSettings, stringList } from './read-settings.ts';
import { readVariables } from './read-variables.ts';
import type { ReadingContext } from './reading-context.ts';

/** What reading a `.gitlab-ci.yml` comes to. Notes name what is accepted but ignored; problems are all that were found. */
export type PipelineReading =
  | { readonly kind: 'valid'; readonly pipeline: Pipeline; readonly notes: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

type Entries = ReadonlyMap<string, LocatedEntry>;

const DEFAULT_STAGES = ['build', 'test', 'deploy'];

/**
 * Reads the part of `.gitlab-ci.yml` that is understood so far: stages, default, variables, before_script, script, after_script,
 * tags, when, allow_failure, timeout, hidden jobs, anchors. `image` is noted and ignored; every other keyword is a problem with its
 * line and column (`FR_PIPELINE_NOT_YET`), and so is what GitLab would refuse (`FR_PIPELINE_INVALID`) and broken YAML
 * (`FR_PIPELINE_YAML`). `file` is the name that places carry.
 */
export function readPipeline(text: string, source: ReadingContext): PipelineReading {
  const complaints = new Complaints(source.file);
  const yaml = readYaml(text);
  if (yaml.kind === 'errors') for (const { at, what } of yaml.errors) complaints.yaml(at, what);
  if (yaml.kind === 'several-documents') complaints.notYet(yaml.at, 'a file of several documents (spec:)');
  const pipeline = yaml.kind === 'content' ? readRoot(yaml.root, complaints) : undefined;
  if (!pipeline || complaints.problems.length > 0) return { kind: 'invalid', problems: complaints.problems };
  return { kind: 'valid', pipeline, notes: complaints.notes };
}

function readRoot(root: Located, complaints: Complaints): Pipeline | undefined {
  if (root.kind !== 'map') {
    complaints.invalid(
      root.at,
      root.kind === 'scalar' && root.value === null ? 'Please provide content of .gitlab-ci.yml' : 'Invalid configuration format',
    );
    return undefined;
  }
  const { entries } = root;
  for (const [key, { at }] of entries) if (ROOT_NOT_YET.includes(key)) complaints.notYet(at, key);
  const stages = ['.pre', ...readStages(entries.get('stages')?.value, complaints), '.post'];
  const variables = entries.get('variables');
  const context: JobContext = {
    stages,
    defaults: readDefaults(entries, complaints),
    variables: variables ? readVariables(variables.value, 'variables', complaints) : [],
    complaints,
  };
  const autoCancel = { onNewCommit: 'conservative', onJobFailure: 'none' } as const;
  return { stages, jobs: readJobs(root.entries, context), variables: context.variables, name: undefined, autoCancel };
}

function readStages(node: Located | undefined, complaints: Complaints): readonly string[] {
  if (!node) return DEFAULT_STAGES;
  const stages = stringList(node);
  if (!stages) complaints.invalid(node.at, 'stages config should be an array of strings');
  return (stages ?? DEFAULT_STAGES).filter((stage) => stage !== '.pre' && stage !== '.post');
}

/** `default`, and the older way to say the same at the top level; saying it in both places is left to `default`. */
function readDefaults(entries: Entries, complaints: Complaints): SharedSettings {
  const top = readSettings(
    new Map([...entries].filter(([key]) => ['before_script', 'after_script', 'image'].includes(key))),
    '',
    complaints,
  );
  const node = entries.get('default');
  if (!node) return top;
  if (node.value.kind !== 'map') {
    complaints.invalid(node.at, 'default config should be a hash');
    return top;
  }
  complainOfKeys(node.value.entries, { name: 'default', read: DEFAULT_KEYWORDS, notYet: DEFAULT_NOT_YET }, complaints);
  const own = readSettings(node.value.entries, 'default', complaints);
  return { ...own, beforeScript: own.beforeScript ?? top.beforeScript, afterScript: own.afterScript ?? top.afterScript };
}

function readJobs(entries: Entries, context: JobContext): readonly PipelineJob[] {
  const isReserved = (key: string) => ROOT_KEYWORDS.includes(key) || ROOT_NOT_YET.includes(key);
  const visible = [...entries].filter(([key]) => !key.startsWith('.') && !isReserved(key));
  if (visible.length === 0) context.complaints.invalid({ line: 1, column: 1 }, 'jobs config should contain at least one visible job');
  return visible.flatMap(([name, entry]) => readJob(name, entry, context) ?? []);
}
