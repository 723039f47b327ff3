import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type JobVariable,
  type Pipeline,
  type PipelineJob,
  type PipelineSpec,
  expandAhead,
  readAhead,
} from '@fargate-gitlab-runner/emulator-gitlab';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import { git } from './git.ts';
import { givenInputs } from './given-inputs.ts';
import { givenVariables } from './given-variables.ts';
import { chooseJobs } from './job-choice.ts';
import type { LocalSurroundings, PipelineRequest } from './local-input.ts';
import { ownRepository } from './own-repository.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** A pipeline that was read, of a folder that was taken. */
export interface ReadRequest {
  /** What the stand-in GitLab is told, so that it reads the same. */
  readonly spec: PipelineSpec;
  readonly snapshot: Snapshot;
  readonly pipeline: Pipeline;
  /** Those that are to run. */
  readonly jobs: readonly PipelineJob[];
  /** The file as one, with everything put in that it includes or refers to. */
  expanded(): Promise<string>;
  /** What a person should know, once. */
  readonly notes: readonly string[];
}

/**
 * Takes the folder and reads its pipeline, and throws everything that is wrong with the request or the file. `scratch` is a folder of
 * ours; nothing else is written.
 */
export async function readRequest(request: PipelineRequest, of: LocalSurroundings & { readonly scratch: string }): Promise<ReadRequest> {
  const variables = givenVariables(request.variables);
  const inputs = givenInputs(request.inputs);
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
  const { projectPath: path, repository, defaultBranch } = snapshot;
  const spec = pipelineSpec(request, {
    yml,
    snapshot,
    variables,
    inputs,
    diffBaseSha: await diffBaseOf(request, snapshot, of.environment),
  });
  const project = { path, repository, defaultBranch };
  const reading = await readAhead(spec, project);
  if (reading.kind === 'invalid') throw new CodedError(reading.problems);
  const { pipeline } = reading;
  const jobs = request.jobs.length === 0 ? pipeline.jobs : chooseJobs(pipeline.jobs, request.jobs);
  const notes = [...snapshot.notes, ...reading.notes, ...ignored(jobs)];
  const chosen = request.jobs.length > 0 ? { ...spec, jobs: jobs.map((job) => job.name) } : spec;
  return { spec: chosen, snapshot, pipeline, jobs, notes, expanded: () => expandAhead(spec, project) };
}

const MERGE_REQUEST = 'merge_request_event';

/** Where the branch left the default branch, which is what a merge request is compared with. */
async function diffBaseOf(
  { source }: PipelineRequest,
  { repository, sha, defaultBranch }: Snapshot,
  environment: LocalSurroundings['environment'],
): Promise<string | undefined> {
  if (source !== MERGE_REQUEST) return undefined;
  const args = ['merge-base', `refs/heads/${defaultBranch}`, sha];
  return git(args, { cwd: repository, env: { GIT_DIR: repository } }, environment).catch(() => undefined);
}

interface PipelineContent {
  readonly yml: string;
  readonly snapshot: Snapshot;
  readonly variables: readonly JobVariable[];
  readonly inputs: ReturnType<typeof givenInputs>;
  readonly diffBaseSha: string | undefined;
}

function pipelineSpec({ file, source }: PipelineRequest, { yml, snapshot, variables, inputs, diffBaseSha }: PipelineContent): PipelineSpec {
  return {
    yml,
    file,
    project: snapshot.projectPath,
    ref: snapshot.ref,
    sha: snapshot.sha,
    source,
    ...(source === 'push' && { beforeSha: snapshot.beforeSha }),
    ...(source === MERGE_REQUEST && {
      mergeRequest: { targetBranch: snapshot.defaultBranch, ...(diffBaseSha !== undefined && { diffBaseSha }) },
    }),
    inputs,
    variables: [...variables],
  };
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
  ] as const;
  const said = counts.filter(([, count]) => count > 0).map(([keyword, count]) => `${keyword} (${count} job${count === 1 ? '' : 's'})`);
  return said.length === 0 ? [] : [`local mode ignores ${said.join(', ')}: jobs run with what this machine has`];
}
