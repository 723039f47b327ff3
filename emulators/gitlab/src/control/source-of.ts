import type { Project } from '../coordinator/project.ts';
import { NO_COMMIT } from '../coordinator/source-commit.ts';
import { readCommit } from '../git/repository.ts';
import type { PipelineSource } from './read-source.ts';
import type { PipelineSpec } from './views.ts';

/** The commit that a pipeline or job runs on. Throws `FR_GITLAB_EMULATOR_GIT` when the project has no such ref or commit. */
export async function sourceOf(
  project: Project | undefined,
  { ref = 'main', sha, beforeSha, file, mergeRequest }: Pick<PipelineSpec, 'ref' | 'sha' | 'beforeSha' | 'file' | 'mergeRequest'>,
): Promise<PipelineSource> {
  const before = {
    ...(beforeSha !== undefined && { beforeSha }),
    ...(file !== undefined && { configPath: file }),
    ...(mergeRequest && { mergeRequest }),
  };
  if (!project) return { project, commit: { ...NO_COMMIT, ref, ...before } };
  const commit = await readCommit(project.repository, ref, sha);
  return { project, commit: { ...commit, isProtected: project.protectedRefs.includes(ref), ...before } };
}
