import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Config } from '@fargate-gitlab-runner/config';
import type { PipelineJob } from '@fargate-gitlab-runner/emulator-gitlab';
import { CodedError, type Problem, Scope } from '@fargate-gitlab-runner/kernel';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { Board, hasEnded } from './board.ts';
import { durationText } from './duration-text.ts';
import { followPipeline } from './follow-pipeline.ts';
import { jobTable, listedJobs } from './job-list.ts';
import { startLocal } from './local-services.ts';
import type { LocalSurroundings, PipelineRequest, RunRequest } from './local-input.ts';
import { builtInRunner, runnersOfFile } from './local-runners.ts';
import { openDisplay } from './open-display.ts';
import { type ReadRequest, readRequest } from './read-request.ts';
import { RunFolder } from './run-folder.ts';
import type { ManagerProcess } from './services.ts';

type Control = Awaited<ReturnType<typeof startLocal>>['control'];

/**
 * Runs the pipeline of a folder on this machine: a stand-in GitLab, a stand-in ECS and the manager, each a process of its own. Nothing
 * of it is left afterwards but the logs in `.fargate-gitlab-runner`, and the folder's own repository is only read.
 */
export async function runLocal(request: PipelineRequest & RunRequest, of: LocalSurroundings): Promise<ExitCode> {
  await using scope = new Scope();
  const scratch = await scratchFolder(scope);
  const { read, config } = await checked(request, { ...of, scratch });
  for (const note of read.notes) of.output.note(`note: ${note}`);
  return await runPipeline(request, { ...of, scope, scratch, read, config });
}

/** Prints the jobs that the pipeline would have, for a person or as JSON. Nothing is started. */
export async function listJobs(request: PipelineRequest, of: LocalSurroundings & { readonly format: 'table' | 'json' }): Promise<ExitCode> {
  await using scope = new Scope();
  const { pipeline, jobs, notes } = await readRequest(request, { ...of, scratch: await scratchFolder(scope) });
  if (of.format === 'json') of.output.line(JSON.stringify(listedJobs(jobs), null, 2));
  else for (const row of jobTable(pipeline.stages, jobs)) of.output.line(row);
  for (const note of notes) of.output.note(`note: ${note}`);
  return EXIT.ok;
}

/** Prints the pipeline file as one, with everything put in that it includes or refers to. Nothing is started. */
export async function expandFile(request: PipelineRequest, of: LocalSurroundings): Promise<ExitCode> {
  await using scope = new Scope();
  const { expanded, notes } = await readRequest(request, { ...of, scratch: await scratchFolder(scope) });
  of.output.line((await expanded()).trimEnd());
  for (const note of notes) of.output.note(`note: ${note}`);
  return EXIT.ok;
}

async function scratchFolder(scope: Scope): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'fargate-gitlab-runner-'));
  scope.defer('the scratch folder', () => rm(scratch, { recursive: true, force: true }));
  return scratch;
}

interface Checked {
  readonly read: ReadRequest;
  readonly config: Config;
}

/** Reads the pipeline and the runners, and throws everything that is wrong with either before anything is started. */
async function checked(request: PipelineRequest & RunRequest, of: LocalSurroundings & { readonly scratch: string }): Promise<Checked> {
  const problems: Problem[] = [];
  const read = await readRequest(request, of).catch((error: unknown) => {
    if (!(error instanceof CodedError)) throw error;
    problems.push(...error.problems);
  });
  const loaded = request.config === undefined ? undefined : runnersOfFile(request.config, of.environment);
  if (loaded?.kind === 'invalid') problems.push(...loaded.problems);
  if (!read || loaded?.kind === 'invalid') throw new CodedError(problems);
  const config = loaded?.config ?? builtInRunner(read.pipeline, request.concurrency ?? availableParallelism());
  return { read, config };
}

interface Running extends LocalSurroundings, Checked {
  readonly scope: Scope;
  readonly scratch: string;
}

async function runPipeline(request: PipelineRequest & RunRequest, of: Running): Promise<ExitCode> {
  const { output, clock, interruption, read } = of;
  const begun = clock.monotonic();
  const folder = folderIn(request, of);
  const local = await startLocal(of, { worker: request.worker, concurrency: request.concurrency, cache: folder?.cache });
  const started = await local.control.createPipeline(read.spec);
  if (started.kind === 'invalid') throw new CodedError(started.problems);
  const board = new Board(started.pipeline);
  await follow(request, { ...of, board, folder, control: local.control, manager: local.manager });
  if (folder) output.line(`logs: ${relative('', join(folder.path, 'jobs'))}`);
  for (const kept of folder?.kept ?? []) output.line(`kept: ${relative('', kept)}`);
  output.line(`pipeline: ${board.status} in ${durationText(clock.monotonic() - begun)}`);
  if (interruption.interrupted.aborted) return EXIT.interrupted;
  return exitCodeOf(board.status);
}

/** A folder that can't be written is no reason not to run. */
function folderIn(request: PipelineRequest, { output }: Running): RunFolder | undefined {
  try {
    return RunFolder.make(resolve(request.directory));
  } catch (error) {
    output.note(`note: no logs are kept: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

interface FollowedRun extends Running {
  readonly board: Board;
  readonly folder: RunFolder | undefined;
  readonly control: Control;
  readonly manager: ManagerProcess;
}

async function follow(request: PipelineRequest & RunRequest, of: FollowedRun): Promise<void> {
  const { board, control, interruption, read } = of;
  const { display, manual } = openDisplay(request, { ...of, heading: headingOf(request, read), groups: groupsOf(read.jobs) });
  const stop = of.beforeExit(() => display.close());
  const over = new AbortController();
  void of.manager.failed().then((what) => over.abort(new Error(what)));
  const cancel = () => {
    display.say('canceling: scripts are stopped, their after_script runs; Ctrl-C again ends at once');
    void cancelAll(control, board).catch(() => undefined);
  };
  const kill = () => over.abort(interruption.killed.reason);
  if (interruption.interrupted.aborted) cancel();
  interruption.interrupted.addEventListener('abort', cancel, { once: true });
  interruption.killed.addEventListener('abort', kill, { once: true });
  try {
    await followPipeline({ control, board, display, manual, folder: of.folder, signal: over.signal });
  } catch (error) {
    if (!interruption.killed.aborted) throw error;
    display.say('killed: workers and their jobs are ended at once');
  } finally {
    interruption.interrupted.removeEventListener('abort', cancel);
    display.close();
    stop();
  }
}

async function cancelAll(control: Control, board: Board): Promise<void> {
  const { jobs } = await control.pipeline(board.pipelineId);
  await Promise.allSettled(jobs.filter((job) => !hasEnded(job.status)).map((job) => control.cancelJob(job.id)));
}

function headingOf(request: PipelineRequest, { snapshot }: ReadRequest): string {
  return `${snapshot.ref} (${request.source})`;
}

function groupsOf(jobs: readonly PipelineJob[]): ReadonlyMap<string, string> {
  return new Map(jobs.map((job) => [job.name, job.group]));
}

function exitCodeOf(status: string): ExitCode {
  switch (status) {
    case 'success':
    case 'skipped':
      return EXIT.ok;
    case 'manual':
      return EXIT.blocked;
    default:
      return EXIT.pipelineFailed;
  }
}
