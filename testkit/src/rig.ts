import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AwsEmulatorProcess, type AwsOptionsInput, startAwsEmulatorProcess } from '@fargate-gitlab-runner/emulator-aws';
import {
  type EmulatorSettings,
  type GitLabControl,
  type GitLabEmulatorProcess,
  type RunnerView,
  startGitLabEmulatorProcess,
} from '@fargate-gitlab-runner/emulator-gitlab';
import { Scope, systemClock } from '@fargate-gitlab-runner/kernel';
import { RECORDS_BUCKET, RigRecords, type RigStoreKind } from './rig-records.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers';
/** The bucket of the caches of a rig's jobs. */
export const CACHE_BUCKET = 'job-caches';
const FAMILY = 'task-demo-dev-runner-worker-e2e';

/** The task definition of workers that lack what artifacts need. */
export const SLIM_FAMILY = 'task-demo-dev-runner-worker-slim';
const SLIM_IMAGE = 'registry.example.com/slim:1';

/** What a rig is made with; everything has a default that is quick. */
export interface RigOptions {
  readonly gitlab?: Partial<EmulatorSettings>;
  readonly aws?: AwsOptionsInput;
  /** One per runner; the default is one runner with tag `e2e` that takes untagged jobs too. */
  readonly runners?: readonly {
    readonly name: string;
    readonly tags: readonly string[];
    readonly limit?: number;
    /** Its token, or how to get one from the GitLab that was started; left out: the runner is made there. */
    readonly token?: string | ((control: GitLabControl) => Promise<string>);
    /** Keys of the runner's entry that are not the rig's business. */
    readonly entry?: Readonly<Record<string, unknown>>;
  }[];
  /** Whether there is a second task definition, `SLIM_FAMILY`, whose workers have no curl, zip and unzip. */
  readonly hasSlimWorkers?: boolean;
  /** `directory` when absent. */
  readonly store?: RigStoreKind;
  /** Keys of the configuration file that are not the rig's business. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where managers reach GitLab and AWS (ECS and S3) when not directly: base URLs, such as those of proxies. */
  readonly through?: { readonly gitlab: string; readonly aws: string };
}

/** How one manager is started. */
export interface ManagerStart {
  /** Of its log; `manager-1` and so on when absent. */
  readonly name?: string;
  /** Path of the program; the built manager when absent. */
  readonly program?: string;
}

/** The built programs. `npm test` builds them first. */
export function builtProgram(name: string): string {
  const path = fileURLToPath(new URL(`../../dist/${name}.mjs`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build" first`);
  return path;
}

/** GitLab and ECS on loopback and as many managers as a test wants, each a process of the built bundle, over one store. */
export class Rig implements AsyncDisposable {
  readonly gitlab: GitLabEmulatorProcess;
  readonly aws: AwsEmulatorProcess;
  readonly folder: string;
  readonly runners: readonly RunnerView[];
  /** The records of the managers, as they lie in their store. */
  readonly records: RigRecords;
  readonly #scope: Scope;
  readonly #config: string;
  #managers = 0;

  private constructor(parts: {
    gitlab: GitLabEmulatorProcess;
    aws: AwsEmulatorProcess;
    folder: string;
    runners: readonly RunnerView[];
    scope: Scope;
    config: string;
    records: RigRecords;
  }) {
    this.gitlab = parts.gitlab;
    this.aws = parts.aws;
    this.folder = parts.folder;
    this.runners = parts.runners;
    this.records = parts.records;
    this.#scope = parts.scope;
    this.#config = parts.config;
  }

  static async start(options: RigOptions = {}): Promise<Rig> {
    const scope = new Scope();
    try {
      const folder = await mkdtemp(join(tmpdir(), 'fgr-e2e-'));
      scope.defer('the folder', () => rm(folder, { recursive: true, force: true }));
      const gitlab = await startGitLabEmulatorProcess(
        { updateIntervalSeconds: 1, ...options.gitlab },
        { entry: builtProgram('emulator-gitlab') },
      );
      scope.defer('the GitLab emulator', () => gitlab.stop());
      const aws = await startAwsEmulatorProcess({ entry: [builtProgram('emulator-aws')], options: awsOptions(folder, options) });
      scope.defer('the ECS emulator', () => aws.stop());
      const wanted = options.runners ?? [{ name: 'e2e', tags: ['e2e'] }];
      const runners: RunnerView[] = [];
      for (const { name, tags, token } of wanted) {
        const spec = { description: name, tags: [...tags], runUntagged: true };
        if (token === undefined) runners.push(await gitlab.control.createRunner(spec));
      }
      const config = join(folder, 'manager.json');
      const records = new RigRecords(options.store ?? 'directory', { folder, aws, endpoint: options.through?.aws ?? aws.url });
      const rig = new Rig({ gitlab, aws, folder, runners, scope, config, records });
      await rig.writeConfig(options, wanted);
      return rig;
    } catch (error) {
      await scope.close();
      throw error;
    }
  }

  /** The managers' configuration file. */
  get configFile(): string {
    return this.#config;
  }

  /** Starts one more manager over the same store. It is killed with the rig. */
  async startManager({
    name = `manager-${++this.#managers}`,
    program = builtProgram('manager'),
  }: ManagerStart = {}): Promise<ManagerUnderTest> {
    const manager = new ManagerUnderTest({ name, program, config: this.#config, log: join(this.folder, `${name}.log`) });
    this.#scope.defer(name, () => manager.kill('SIGKILL'));
    return manager;
  }

  /** A bare git repository with one commit of these files, known to GitLab as `group/project`. */
  async createProject(files: Readonly<Record<string, string>>): Promise<{ readonly path: string }> {
    const work = join(this.folder, 'project');
    await mkdir(work, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(work, path, '..'), { recursive: true });
      await writeFile(join(work, path), content);
    }
    const git = async (...args: string[]) => {
      const child = spawn('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost', ...args], { cwd: work, stdio: 'ignore' });
      await once(child, 'exit');
    };
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'content');
    const path = 'group/project';
    await this.gitlab.control.createProject({ path, repository: join(work, '.git') });
    return { path };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.close();
  }

  private async writeConfig(options: RigOptions, wanted: NonNullable<RigOptions['runners']>): Promise<void> {
    const tokens: Record<string, string> = {};
    for (const { name, token } of wanted) {
      const made = this.runners.find((runner) => runner.description === name)?.token ?? '';
      tokens[name] = typeof token === 'function' ? await token(this.gitlab.control) : (token ?? made);
    }
    const entries = wanted.map(({ name, tags, limit, entry }) => [
      name,
      {
        tags,
        limit: limit ?? 20,
        worker_docker_image: 'registry.example.com/worker:1',
        worker_cpu: 256,
        worker_memory: 512,
        worker_ecs_cluster_arn: CLUSTER,
        worker_aws_region: 'eu-west-1',
        worker_subnet_id: 'subnet-0123456789abcdef0',
        worker_security_group_id: 'sg-0123456789abcdef0',
        worker_ssh_user: 'root',
        worker_ssh_port: 2222,
        worker_task_definition_arn: FAMILY,
        ...entry,
      },
    ]);
    const document = {
      gitlab_url: options.through?.gitlab ?? this.gitlab.url,
      gitlab_runner_concurrency: 50,
      gitlab_runner_name_prefix: 'e2e',
      gitlab_token: tokens,
      check_interval_ms: 200,
      store: this.records.config,
      ecs: { endpoint: options.through?.aws ?? this.aws.url, credentials: 'local' },
      cache_bucket_name: CACHE_BUCKET,
      cache_endpoint: this.aws.url,
      cache_credentials: 'local',
      managers_configs: Object.fromEntries(entries),
      ...options.config,
    };
    await writeFile(this.#config, JSON.stringify(document), { mode: 0o600 });
  }
}

/** One line of a manager's log: the name of the event, and its fields as text. */
export type LoggedEvent = ReadonlyMap<string, string>;

function loggedEvent(line: string): LoggedEvent {
  const fields: [string, unknown][] = Object.entries(JSON.parse(line));
  return new Map(fields.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]));
}

/** One manager: the built bundle in a process of its own. */
export class ManagerUnderTest {
  /** Also that of its log. */
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #log: string;

  constructor(of: { readonly name: string; readonly program: string; readonly config: string; readonly log: string }) {
    this.name = of.name;
    this.#log = of.log;
    const log = createWriteStream(of.log);
    this.#child = spawn(process.execPath, [of.program, 'run', '--config', of.config], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.#exited = once(this.#child, 'exit');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Sends a signal; resolves when the process has ended (for STOP and CONT: at once). */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#exited;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** What ended it, when no exit of its own did. */
  get signal(): NodeJS.Signals | null {
    return this.#child.signalCode;
  }

  /** Everything it logged so far. */
  log(): Promise<string> {
    return readFile(this.#log, 'utf8').catch(() => '');
  }

  /** The events it logged so far, oldest first, each with the fields of its line. */
  async events(): Promise<readonly LoggedEvent[]> {
    const lines = (await this.log()).split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map(loggedEvent);
  }

  /** Resolves when the log has a line with this event, the `times`th time. */
  async logged(event: string, times = 1): Promise<void> {
    while ((await this.log()).split(`"${event}"`).length - 1 < times) await systemClock.sleep(20);
  }
}

function awsOptions(folder: string, { aws = {}, hasSlimWorkers = false }: RigOptions): AwsOptionsInput {
  const slim = { image: SLIM_IMAGE, without: ['curl', 'zip', 'unzip', 'busybox'] };
  return {
    root: join(folder, 'workers'),
    region: 'eu-west-1',
    account: '111122223333',
    clusters: [{ name: CLUSTER }],
    s3: { buckets: [RECORDS_BUCKET, CACHE_BUCKET] },
    taskDefinitions: [
      taskDefinition(FAMILY, 'registry.example.com/worker:1'),
      ...(hasSlimWorkers ? [taskDefinition(SLIM_FAMILY, SLIM_IMAGE)] : []),
    ],
    ...aws,
    worker: { entry: [builtProgram('worker')], ...(hasSlimWorkers && { images: [slim] }), ...aws.worker },
  };
}

function taskDefinition(family: string, image: string): object {
  const container = { image, essential: true };
  return {
    family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { ...container, name: 'ci-coordinator', portMappings: [{ containerPort: 2222, protocol: 'tcp' }] },
      { ...container, name: 'ci-deadline', command: ['sh', '-c', 'sleep 86400'] },
    ],
  };
}
