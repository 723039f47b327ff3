import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsEmulatorProcess, startAwsEmulatorProcess } from '@fargate-gitlab-runner/emulator-aws';
import { type GitLabEmulatorProcess, type RunnerView, startGitLabEmulatorProcess } from '@fargate-gitlab-runner/emulator-gitlab';
import { Scope } from '@fargate-gitlab-runner/kernel';
import { builtProgram } from './built-program.ts';
import { gitEnvironment } from './git-environment.ts';
import { ManagerUnderTest } from './manager-under-test.ts';
import { awsOptions } from './rig-aws.ts';
import { managerDocument } from './rig-config.ts';
import type { RigOptions, RigRunner } from './rig-options.ts';
import { RigRecords } from './rig-records.ts';

/** How one manager is started. */
export interface ManagerStart {
  /** Of its log; `manager-1` and so on when absent. */
  readonly name?: string;
  /** Path of the program; the built manager when absent. */
  readonly program?: string;
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
      const { made, withTokens } = await registerRunners(gitlab, options);
      const config = join(folder, 'manager.json');
      const records = new RigRecords(options.store ?? 'directory', { folder, aws, endpoint: options.through?.aws ?? aws.url });
      const document = managerDocument(options, { gitlab, aws, records, runners: withTokens });
      await writeFile(config, JSON.stringify(document), { mode: 0o600 });
      return new Rig({ gitlab, aws, folder, runners: made, scope, config, records });
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
      const child = spawn('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost', ...args], {
        cwd: work,
        env: gitEnvironment(),
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await once(child, 'close');
      if (child.exitCode !== 0) throw new Error(`git ${args.join(' ')} in ${work} ended with ${child.exitCode}`);
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
}

/** The runners that a rig makes in GitLab, and all of them with their tokens. */
async function registerRunners({ control }: GitLabEmulatorProcess, { runners = [{ name: 'e2e', tags: ['e2e'] }] }: RigOptions) {
  const made: RunnerView[] = [];
  const withTokens: (RigRunner & { token: string })[] = [];
  for (const runner of runners) {
    if (typeof runner.token === 'string') withTokens.push({ ...runner, token: runner.token });
    else if (runner.token) withTokens.push({ ...runner, token: await runner.token(control) });
    else {
      const view = await control.createRunner({ description: runner.name, tags: [...runner.tags], runUntagged: true });
      made.push(view);
      withTokens.push({ ...runner, token: view.token });
    }
  }
  return { made, withTokens };
}
