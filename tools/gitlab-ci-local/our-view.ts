import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expandedYaml, type PipelineJob, type ReadingContext, readPipeline } from '../../emulators/gitlab/src/index.ts';
import { type Occasion, PUSH } from './compared-pipelines.ts';
import type { JobView, PipelineView } from './pipeline-view.ts';

/** What our reader makes of a folder's pipeline. Throws when it refuses the file; a pipeline without jobs is none. */
export function ourView(folder: string, occasion: Occasion): PipelineView {
  const text = readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8');
  const context = contextOf(folder, occasion);
  const reading = readPipeline(text, context);
  if (reading.kind === 'invalid' && reading.problems.some(({ code }) => code !== 'FR_PIPELINE_EMPTY')) {
    throw new Error(reading.problems.map(({ at, what }) => `${at} ${what}`).join('\n'));
  }
  const jobs = reading.kind === 'valid' ? reading.pipeline.jobs : [];
  const groups = [...new Set(jobs.map(({ group }) => group))];
  return {
    jobs: new Map(groups.map((group) => [group, jobs.filter((job) => job.group === group).map(jobView)])),
    yaml: parse(expandedYaml(text, context)),
  };
}

function contextOf(folder: string, { variables, changed = [] }: Occasion): ReadingContext {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const read = (path: string) => (paths.includes(path) ? readFileSync(join(folder, path), 'utf8') : undefined);
  const given = Object.entries(variables);
  const isPredefined = (key: string) => key.startsWith('CI_');
  const pick = (wanted: boolean) =>
    Object.fromEntries(given.flatMap(([key, value]) => (isPredefined(key) === wanted && value !== null ? [[key, value]] : [])));
  const removed = new Set(given.flatMap(([key, value]) => (value === null ? [key] : [])));
  const predefined = Object.fromEntries(Object.entries({ ...PUSH, ...pick(true) }).filter(([key]) => !removed.has(key)));
  return { file: '.gitlab-ci.yml', repository: { paths, read }, predefined, given: pick(false), changes: () => changed };
}

function jobView(job: PipelineJob): JobView {
  const { name, stage, when, allowFailure, allowedExitCodes, needs } = job;
  return {
    name,
    stage,
    when,
    allowFailure: allowedExitCodes.length > 0 ? allowedExitCodes : allowFailure,
    needs: needs?.map(({ job: needed, artifacts }) => ({ job: needed, artifacts })),
  };
}
