import { createHash } from 'node:crypto';
import type { JobVariable } from '../coordinator/job-variable.ts';
import { pipelineVariables } from '../coordinator/pipeline-variables.ts';
import type { Project } from '../coordinator/project.ts';
import type { SourceCommit } from '../coordinator/source-commit.ts';
import { readFileAt } from '../git/repository.ts';
import { SourceFiles } from '../git/source-files.ts';
import type { JobCache, Pipeline, Plain } from '../pipeline/pipeline.ts';
import { expandedYaml } from '../pipeline/expanded-yaml.ts';
import { type PipelineReading, readPipeline } from '../pipeline/read-pipeline.ts';
import type { ReadingContext } from '../pipeline/reading-context.ts';
import type { JsonValue } from '../wire/json-text.ts';
import type { PipelineSpec } from './views.ts';

const FILE = '.gitlab-ci.yml';

/** What a pipeline is made from. */
export interface PipelineSource {
  readonly project: Project | undefined;
  readonly commit: SourceCommit;
}

/** Reads the pipeline file of a commit, or the one that is given, in view of the repository's other files and of the variables. */
export async function readSource(spec: PipelineSpec, source: PipelineSource, url: string): Promise<PipelineReading> {
  const { yml, context, files } = await openSource(spec, source, url);
  let reading = readPipeline(yml, context);
  while (await files?.fetchWanted()) reading = readPipeline(yml, context);
  return reading.kind === 'valid' ? { ...reading, pipeline: await withCacheKeys(reading.pipeline, files) } : reading;
}

/** The same file as one, with everything put in that it includes or refers to. */
export async function expandSource(spec: PipelineSpec, source: PipelineSource, url: string): Promise<string> {
  const { yml, context, files } = await openSource(spec, source, url);
  let expanded = expandedYaml(yml, context);
  while (await files?.fetchWanted()) expanded = expandedYaml(yml, context);
  return expanded;
}

async function openSource(spec: PipelineSpec, source: PipelineSource, url: string) {
  const { project, commit } = source;
  const files = project ? await SourceFiles.at(project.repository, commit.sha) : undefined;
  const file = spec.file ?? FILE;
  const yml = spec.yml ?? (project ? await readFileAt(project.repository, commit.sha, file) : '');
  const context: ReadingContext = {
    file,
    predefined: pipelineVariables({ url, project, commit, source: spec.source ?? 'push' }),
    given: plainVariables(spec.variables ?? []),
    ...(files ? { repository: files } : {}),
    changes: (against) => {
      if (against !== undefined && files) return files.changedSince(against);
      return spec.changedPaths ?? sinceBefore(files, commit);
    },
    ...(spec.inputs ? { inputs: plainTable(spec.inputs) } : {}),
  };
  return { yml, context, files };
}

/** Without the commit before, GitLab can't say what changed: then every `changes` is true. */
function sinceBefore(files: SourceFiles | undefined, { mergeRequest, ...commit }: SourceCommit): readonly string[] | 'unknown' {
  const beforeSha = mergeRequest ? mergeRequest.diffBaseSha : commit.beforeSha;
  if (!files || beforeSha === undefined || /^0*$/.test(beforeSha)) return 'unknown';
  const changed = files.changedSince(beforeSha);
  return changed === 'no such ref' ? 'unknown' : changed;
}

function plainVariables(variables: readonly JobVariable[]): Readonly<Record<string, string>> {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

function plainTable(values: Readonly<Record<string, JsonValue>>): Readonly<Record<string, Plain>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plainValue(value)]));
}

function plainValue(value: JsonValue): Plain {
  if (Array.isArray(value)) return value.map((item: JsonValue) => plainValue(item));
  return typeof value === 'object' || value === undefined ? null : value;
}

/**
 * A cache key that is made of files becomes text, as GitLab computes it: a SHA-1 over the sorted ids of their contents (`files`) or of the
 * commits that last touched them (`files_commits`); `default` without such files. Where the key has no prefix of its own it gets one: the
 * place of the cache among those of its job and, for `files`, their names up to the first dot.
 */
async function withCacheKeys(pipeline: Pipeline, files: SourceFiles | undefined): Promise<Pipeline> {
  const keyed = async (cache: JobCache, at: number): Promise<JobCache> => {
    if (typeof cache.key === 'string') return cache;
    const { files: globs, source, prefix = standardPrefix(cache.key, at) } = cache.key;
    const ids = (source === 'commits' ? await files?.lastCommits(globs) : files?.contents(globs)) ?? [];
    const text = [...new Set(ids)].toSorted().join('-');
    const hash = text === '' ? 'default' : createHash('sha1').update(text).digest('hex');
    return { ...cache, key: prefix === '' ? hash : `${prefix}-${hash}` };
  };
  const jobs = await Promise.all(pipeline.jobs.map(async (job) => ({ ...job, cache: await Promise.all(job.cache.map(keyed)) })));
  return { ...pipeline, jobs };
}

function standardPrefix({ files, source }: Exclude<JobCache['key'], string>, at: number): string {
  return source === 'commits' ? String(at) : `${at}_${files.map((file) => file.split('.')[0]).join('_')}`;
}
