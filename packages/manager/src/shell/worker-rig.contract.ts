import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JobPayload, parseJobPayload } from '@fargate-gitlab-runner/protocol';
import type { ArtifactWays } from './artifacts/artifact-ways.ts';
import type { CacheLinks } from './cache/cache-links.ts';
import { buildDirectories, type Directories } from './directories.ts';
import type { RunnerFacts } from './runner-facts.ts';
import type { OperatorScripts } from './script-context.ts';
import type { StageName } from './stage-plan.ts';
import { stageScript } from './stage-script.ts';
import { type JobStatus, resolveVariables } from './variables.ts';

/** The shells that every script must work in: name and command. */
export const SHELLS = [
  { name: 'dash', command: ['dash'] },
  { name: 'busybox', command: ['busybox', 'sh'] },
  { name: 'bash', command: ['bash'] },
] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** How a script ended, with stdout and stderr in the order they were written. */
export interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** The token of every test job. */
export const JOB_TOKEN = 'glcbt-64_secretsecretsecret';

/** What a test wants of its job, in GitLab's own words; the rest is plain. */
export type JobWishes = Readonly<Record<string, unknown>>;

/** A worker with one shell: a folder of its own, removed at the end, in which stages run for real. */
export class WorkerRig implements AsyncDisposable {
  readonly folder: string;
  readonly #shell: Shell;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, shell: Shell) {
    this.folder = folder;
    this.#shell = shell;
    this.#environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder };
  }

  static async start(shell: Shell): Promise<WorkerRig> {
    return new WorkerRig(await mkdtemp(join(tmpdir(), 'shell-')), shell);
  }

  /** A path with everything in it that a script could trip over. */
  get builds(): string {
    return join(this.folder, `b 'u"i\\l$d;s`);
  }

  /** Runs any script. Bytes go to the shell as they are. `env` comes on top of PATH and HOME. */
  async run(script: string | Uint8Array, env: Readonly<Record<string, string>> = {}): Promise<Run> {
    const file = join(this.folder, 'script.sh');
    await writeFile(file, script);
    await writeFile(join(this.folder, 'input'), 'echo not for the script\n');
    await using input = await open(join(this.folder, 'input'));
    await using output = await open(join(this.folder, 'output'), 'w');
    const [command, ...words] = this.#shell.command;
    const child = spawn(command, [...words, file], {
      cwd: this.folder,
      env: { ...this.#environment, ...env },
      stdio: [input.fd, output.fd, output.fd],
      // As in a worker: a script that signals its process group must not reach the tests.
      detached: true,
    });
    const [code] = await once(child, 'exit');
    return { code: typeof code === 'number' ? code : null, output: await readFile(join(this.folder, 'output'), 'utf8') };
  }

  /** Runs stages of one job one after the other, whatever becomes of them; gives the last run and all output. */
  async stages(wishes: JobWishes, names: readonly StageName[], how: StageConditions = {}): Promise<Run> {
    const runs: Run[] = [];
    for (const name of names) runs.push(await this.run(this.script(wishes, name, how), how.env));
    return { code: runs.at(-1)?.code ?? null, output: runs.map(({ output }) => output).join('') };
  }

  script(wishes: JobWishes, name: StageName, how: StageConditions = {}): string {
    const payload = aJob(wishes);
    const directories = buildDirectories(this.builds, payload);
    return stageScript(name, {
      payload,
      directories,
      variables: resolveVariables(payload, { ...someFacts(directories), ...how.facts }),
      managerHostname: 'the-manager',
      workerHostname: how.workerHostname ?? 'the-worker',
      runnerVersion: '1.2.3',
      jobStatus: how.jobStatus ?? 'running',
      apiUrl: how.apiUrl ?? 'http://gitlab.invalid/api/v4',
      operatorScripts: { preGetSources: [], postGetSources: [], preBuild: [], postBuild: [], ...how.operatorScripts },
      cacheWay: 'worker',
      cacheLinks: how.cacheLinks ?? { kind: 'none' },
      artifactWays: how.artifactWays ?? THROUGH_WORKER,
      ...(how.cloneUrl !== undefined && { cloneUrl: how.cloneUrl }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Under which conditions the rig runs a stage. */
export interface StageConditions {
  readonly env?: Readonly<Record<string, string>>;
  readonly jobStatus?: JobStatus;
  readonly facts?: Partial<RunnerFacts>;
  readonly workerHostname?: string;
  readonly operatorScripts?: Partial<OperatorScripts>;
  readonly cloneUrl?: string;
  readonly apiUrl?: string;
  readonly cacheLinks?: CacheLinks;
  readonly artifactWays?: ArtifactWays;
}

const THROUGH_WORKER: ArtifactWays = { upload: { kind: 'worker' }, download: { kind: 'worker' }, canUnzip: true, shimFolder: '/nowhere' };

/** A payload as GitLab would send it, with some parts as the test wishes. */
export function aJob(wishes: JobWishes = {}): JobPayload {
  const plain = {
    id: 64,
    token: JOB_TOKEN,
    job_info: { project_id: 7 },
    git_info: { repo_url: `https://gitlab-ci-token:${JOB_TOKEN}@gitlab.example/group/project.git`, ref: 'main', sha: '0'.repeat(40) },
    variables: [{ key: 'CI_JOB_TOKEN', value: JOB_TOKEN, masked: true, public: false }],
    steps: [{ name: 'script', script: ['true'] }],
  };
  const parsed = parseJobPayload(JSON.stringify({ ...plain, ...wishes }));
  if (parsed.kind === 'broken') throw new Error(parsed.problems.join('\n'));
  return parsed.job;
}

/** Facts about a runner and a worker with these directories. */
export function someFacts(directories: Directories): RunnerFacts {
  return {
    ...directories,
    runnerShortToken: 'abcdefghi',
    runnerName: 'dev_tool1',
    version: '1.2.3',
    revision: '0123abcd',
    concurrentId: 0,
    concurrentProjectId: 0,
    timeoutS: 3600,
    isShared: false,
  };
}
