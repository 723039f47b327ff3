import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type JobVariable,
  type Pipeline,
  type PipelineJob,
  type RepositoryFiles,
  readPipeline,
} from '@fargate-gitlab-runner/emulator-gitlab';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import { git } from './git.ts';
import { givenVariables } from './given-variables.ts';
import { chooseJobs } from './job-choice.ts';
import type { LocalSurroundings, PipelineRequest } from './local-input.ts';
import { ownRepository } from './own-repository.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** A pipeline that was read, of a folder that was taken. */
export interface ReadRequest {
  readonly yml: string;
  readonly snapshot: Snapshot;
  readonly pipeline: Pipeline;
  /** Those that are to run. */
  readonly jobs: readonly PipelineJob[];
  readonly variables: readonly JobVariable[];
  /** What a person should know, once. */
  readonly notes: readonly string[];
}

/**
 * Takes the folder and reads its pipeline, and throws everything that is wrong with the request or the file. `scratch` is a folder of
 * ours; nothing else is written.
 */
export async function readRequest(request: PipelineRequest, of: LocalSurroundings & { readonly scratch: string }): Promise<ReadRequest> {
  const variables = givenVariables(request.variables);
  const directory = resolve(request.directory);
  const yml = await readYml(directory, { file: request.file, environment: of.environment });
  const snapshot = await takeSnapshot(
    {
      directory,
      scratch: of.scratch,
      ...(request.ref !== undefined && { branch: request.ref }),
      ...(request.tag !== undefined && { tag: request.tag }),
    },
    of.environment,
  );
  const reading = readPipeline(yml, {
    file: request.file,
    given: Object.fromEntries(variables.map(({ key, value }) => [key, value])),
    predefined: predefined(request, snapshot),
    repository: await filesOf(directory, { snapshot, environment: of.environment }),
  });
  if (reading.kind === 'invalid') throw new CodedError(reading.problems);
  const { pipeline } = reading;
  const jobs = request.jobs.length === 0 ? pipeline.jobs : chooseJobs(pipeline.jobs, request.jobs);
  const notes = [...snapshot.notes, ...reading.notes.filter((note) => !note.includes('image')), ...ignored(jobs)];
  return { yml, snapshot, pipeline, jobs, variables, notes };
}

/** What rules ask about most; GitLab's own reading, when the pipeline starts, has all of it. */
function predefined(
  { source }: PipelineRequest,
  { ref, refType, sha, beforeSha, defaultBranch }: Snapshot,
): Readonly<Record<string, string>> {
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_PIPELINE_SOURCE: source,
    CI_COMMIT_REF_NAME: ref,
    CI_COMMIT_SHA: sha,
    CI_COMMIT_BEFORE_SHA: source === 'push' ? beforeSha : '0'.repeat(sha.length),
    CI_DEFAULT_BRANCH: defaultBranch,
    ...(refType === 'tag' ? { CI_COMMIT_TAG: ref } : source === 'merge_request_event' ? {} : { CI_COMMIT_BRANCH: ref }),
  };
}

async function filesOf(
  directory: string,
  of: { readonly snapshot: Snapshot; readonly environment: LocalSurroundings['environment'] },
): Promise<RepositoryFiles> {
  const args = ['--git-dir', of.snapshot.repository, 'ls-tree', '-r', '-z', '--name-only', of.snapshot.sha];
  const paths = (await git(args, { cwd: directory }, of.environment)).split('\0').filter((path) => path !== '');
  const known = new Set(paths);
  return { paths, read: (path) => (known.has(path) ? readFileSync(resolve(directory, path), 'utf8') : undefined) };
}

async function readYml(
  directory: string,
  of: { readonly file: string; readonly environment: LocalSurroundings['environment'] },
): Promise<string> {
  const path = resolve(directory, of.file);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    await ownRepository(directory, (args) => git(args, { cwd: directory }, of.environment)).catch((error: unknown) => {
      if (error instanceof CodedError && error.code === 'FR_LOCAL_BARE') throw error;
    });
    throw new CodedError(
      {
        code: 'FR_LOCAL_NO_PIPELINE',
        at: path,
        what: 'the pipeline file can not be read',
        cure: 'run it in a folder with a .gitlab-ci.yml, or name the folder with --directory',
      },
      { cause },
    );
  }
}

/** What local mode does not do for these jobs, said once. */
function ignored(jobs: readonly PipelineJob[]): string[] {
  const counts = [
    ['image', jobs.filter((job) => job.image !== undefined).length],
    ['services', jobs.filter((job) => job.services.length > 0).length],
    ['cache', jobs.filter((job) => job.cache.length > 0).length],
    ['artifacts', jobs.filter((job) => job.artifacts !== undefined).length],
  ] as const;
  const said = counts.filter(([, count]) => count > 0).map(([keyword, count]) => `${keyword} (${count} job${count === 1 ? '' : 's'})`);
  return said.length === 0 ? [] : [`local mode ignores ${said.join(', ')}: jobs run with what this machine has`];
}
