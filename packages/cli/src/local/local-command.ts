import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Config, type Environment, renderReport } from '@fargate-gitlab-runner/config';
import { type JobView, type PipelineView, readPipeline } from '@fargate-gitlab-runner/emulator-gitlab';
import { type Clock, CodedError, renderProblem, Scope } from '@fargate-gitlab-runner/kernel';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { builtInRunner, clustersOf, LOCAL_REGION, localDocument, runnersOfFile, taskDefinitionsOf } from './local-runners.ts';
import { PlainView } from './plain-view.ts';
import { ManagerProcess, startAws, startGitLab } from './services.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** What `local` is told. `interrupted` aborts at the first SIGINT. */
export interface LocalInput {
  readonly directory: string;
  readonly file: string;
  readonly config?: string;
  readonly worker: 'ssh2' | 'sshd';
  readonly environment: Environment;
  readonly clock: Clock;
  readonly output: Output;
  readonly interrupted: AbortSignal;
}

/** What runs and what it runs on, both checked. */
interface Prepared {
  readonly config: Config;
  readonly yml: string;
}

/**
 * Runs the pipeline of a folder on this machine: a stand-in GitLab, a stand-in ECS and the manager, each a process of its own. Nothing
 * of it is left afterwards, and the folder's own repository is only read.
 */
export async function runLocal(input: LocalInput): Promise<ExitCode> {
  const prepared = await prepare(input);
  if (!prepared) return EXIT.configuration;
  const scope = new Scope();
  try {
    const begun = input.clock.monotonic();
    const pipeline = await runPipeline(input, { prepared, scope });
    const seconds = (input.clock.monotonic() - begun) / 1000;
    input.output.line(`pipeline: ${pipeline.status} in ${seconds.toFixed(1)} s`);
    if (input.interrupted.aborted) return EXIT.interrupted;
    return pipeline.status === 'success' ? EXIT.ok : EXIT.pipelineFailed;
  } finally {
    await scope.close();
  }
}

/** Reads both files and tells everything that is wrong with them before anything is started. */
async function prepare(input: LocalInput): Promise<Prepared | undefined> {
  const path = resolve(input.directory, input.file);
  const yml = await readFile(path, 'utf8').catch((cause) => {
    throw new CodedError(
      {
        code: 'FR_LOCAL_NO_PIPELINE',
        at: path,
        what: 'the pipeline file can not be read',
        cure: 'run it in a folder with a .gitlab-ci.yml, or name the folder with --directory',
      },
      { cause },
    );
  });
  const reading = readPipeline(yml, { file: input.file });
  const loaded = input.config === undefined ? undefined : runnersOfFile(input.config, input.environment);
  if (reading.kind === 'invalid') for (const problem of reading.problems) input.output.note(renderProblem(problem));
  else for (const note of reading.notes) input.output.note(`note: ${note}`);
  if (loaded?.kind === 'invalid') input.output.note(renderReport(loaded));
  if (reading.kind === 'invalid' || loaded?.kind === 'invalid') return undefined;
  return { yml, config: loaded?.config ?? builtInRunner(reading.pipeline) };
}

async function runPipeline(input: LocalInput, of: { readonly prepared: Prepared; readonly scope: Scope }): Promise<PipelineView> {
  const { scope, prepared } = of;
  const scratch = await mkdtemp(join(tmpdir(), 'fargate-gitlab-runner-'));
  scope.defer('the scratch folder', () => rm(scratch, { recursive: true, force: true }));
  const snapshot = await takeSnapshot({ directory: resolve(input.directory), scratch }, input.environment);
  const gitlab = await startGitLab(scope);
  const { config } = prepared;
  const aws = await startAws(scope, {
    scratch,
    region: LOCAL_REGION,
    worker: input.worker,
    clusters: clustersOf(config),
    taskDefinitions: taskDefinitionsOf(config),
  });
  const tokens: Record<string, string> = {};
  for (const runner of config.runners) {
    const made = await gitlab.control.createRunner({ description: runner.name, tags: [...runner.tags], runUntagged: runner.runUntagged });
    tokens[runner.name] = made.token;
  }
  const document = localDocument(config, { gitlabUrl: gitlab.url, awsUrl: aws.url, storePath: join(scratch, 'store'), tokens });
  const manager = await startManager(input, { scratch, document, scope });
  return follow(input, { control: gitlab.control, snapshot, manager, yml: prepared.yml });
}

async function startManager(
  input: LocalInput,
  of: { readonly scratch: string; readonly document: object; readonly scope: Scope },
): Promise<ManagerProcess> {
  const config = join(of.scratch, 'manager.json');
  await writeFile(config, JSON.stringify(of.document), { mode: 0o600 });
  const manager = new ManagerProcess({ config, log: join(of.scratch, 'manager.log'), environment: input.environment, clock: input.clock });
  of.scope.defer('the manager', () => manager.finish());
  return manager;
}

async function follow(
  input: LocalInput,
  of: { readonly control: Control; readonly snapshot: Snapshot; readonly manager: ManagerProcess; readonly yml: string },
): Promise<PipelineView> {
  const { control, snapshot } = of;
  await control.createProject({ path: snapshot.projectPath, repository: snapshot.repository });
  const started = await control.createPipeline({ yml: of.yml, project: snapshot.projectPath, ref: snapshot.ref, sha: snapshot.sha });
  if (started.kind === 'invalid') throw new CodedError(started.problems);
  const view = new PlainView(input.output, started.pipeline);
  const over = new AbortController();
  const failed = of.manager.failed().then((what) => over.abort(new Error(what)));
  void failed;
  const cancel = () => void Promise.all(started.pipeline.jobs.map((job) => control.cancelJob(job.id))).catch(() => undefined);
  if (input.interrupted.aborted) cancel();
  else input.interrupted.addEventListener('abort', cancel, { once: true });
  for await (const event of control.follow({ signal: over.signal })) {
    view.show(event);
    if (event.kind === 'job' && event.to === 'failed') await tellStuck(input, await control.job(event.jobId));
    if (event.kind === 'pipeline' && ['success', 'failed', 'canceled', 'skipped'].includes(event.status)) break;
  }
  over.signal.throwIfAborted();
  return control.pipeline(started.pipeline.id);
}

type Control = Awaited<ReturnType<typeof startGitLab>>['control'];

async function tellStuck(input: LocalInput, job: JobView): Promise<void> {
  if (job.stuck !== undefined) input.output.note(`${job.name}: ${job.stuck}`);
}
