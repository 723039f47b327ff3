import type { Project } from '../coordinator/project.ts';
import type { PipelineReading } from '../pipeline/read-pipeline.ts';
import { expandSource, readSource } from './read-source.ts';
import { sourceOf } from './source-of.ts';
import type { PipelineSpec } from './views.ts';

/** Until an emulator listens, nobody knows its port. */
const URL_AHEAD = 'http://127.0.0.1';

/**
 * Reads a pipeline as `GitLabControl.createPipeline` will with the same `spec` and a project like this, without an emulator; only
 * `CI_SERVER_*` and the other addresses are without a port. Throws `FR_GITLAB_EMULATOR_GIT` when the project has no such ref or commit.
 */
export async function readAhead(spec: PipelineSpec, project: ProjectAhead): Promise<PipelineReading> {
  return readSource(spec, await sourceAhead(spec, project), URL_AHEAD);
}

/** The pipeline's file with everything put in that it includes or refers to, as YAML. The file must be a valid one. */
export async function expandAhead(spec: PipelineSpec, project: ProjectAhead): Promise<string> {
  return expandSource(spec, await sourceAhead(spec, project), URL_AHEAD);
}

type ProjectAhead = Omit<Project, 'id' | 'protectedRefs' | 'readers'>;

function sourceAhead(spec: PipelineSpec, project: ProjectAhead) {
  return sourceOf({ ...project, id: 1, protectedRefs: [], readers: [] }, spec);
}
