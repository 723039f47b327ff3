import type { Project } from '../coordinator/project.ts';
import type { PipelineReading } from '../pipeline/read-pipeline.ts';
import { readSource } from './read-source.ts';
import { sourceOf } from './source-of.ts';
import type { PipelineSpec } from './views.ts';

/** Until an emulator listens, nobody knows its port. */
const URL_AHEAD = 'http://127.0.0.1';

/**
 * Reads a pipeline as `GitLabControl.createPipeline` will with the same `spec` and a project like this, without an emulator; only
 * `CI_SERVER_*` and the other addresses are without a port. Throws `FR_GITLAB_EMULATOR_GIT` when the project has no such ref or commit.
 */
export async function readAhead(spec: PipelineSpec, project: Omit<Project, 'id' | 'protectedRefs' | 'readers'>): Promise<PipelineReading> {
  return readSource(spec, await sourceOf({ ...project, id: 1, protectedRefs: [], readers: [] }, spec), URL_AHEAD);
}
