import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAwsEmulatorProcess, type AwsEmulatorProcess } from '@fargate-gitlab-runner/emulator-aws';
import { startGitLabEmulatorProcess, type GitLabEmulatorProcess } from '@fargate-gitlab-runner/emulator-gitlab';
import { type Clock, deadlineSignal, type Scope } from '@fargate-gitlab-runner/kernel';

/** The built programs lie beside one another in dist/. */
function builtProgram(name: string): string {
  return fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
}

/** A job that no runner takes is given up after this long: on this machine no other runner will come. */
const STUCK_MS = 5000;

/** GitLab on loopback. GitLab's own pace would show a line a second late, so local mode asks for every second. */
export async function startGitLab(scope: Scope): Promise<GitLabEmulatorProcess> {
  const gitlab = await startGitLabEmulatorProcess(
    { updateIntervalSeconds: 1, longPollMs: 5000, stuckTimeoutMs: STUCK_MS },
    { entry: builtProgram('emulator-gitlab') },
  );
  scope.defer('the GitLab emulator', () => gitlab.stop());
  return gitlab;
}

/** ECS on loopback, its tasks local process trees, and S3 for the caches of their jobs. */
export async function startAws(
  scope: Scope,
  of: {
    readonly scratch: string;
    readonly region: string;
    readonly worker: 'ssh2' | 'sshd';
    readonly clusters: readonly string[];
    readonly taskDefinitions: readonly object[];
    /** Folders of S3's buckets, by bucket. */
    readonly cacheFolders: Readonly<Record<string, string>>;
  },
): Promise<AwsEmulatorProcess> {
  const aws = await startAwsEmulatorProcess({
    entry: [builtProgram('emulator-aws')],
    options: {
      root: join(of.scratch, 'workers'),
      region: of.region,
      clusters: of.clusters.map((name) => ({ name })),
      taskDefinitions: of.taskDefinitions,
      s3: { folders: of.cacheFolders },
      worker: { kind: of.worker, entry: [builtProgram('worker')] },
    },
  });
  scope.defer('the ECS emulator', () => aws.stop());
  return aws;
}

const FINISH_MS = 20_000;

/**
 * The manager, as in production: the bundle, a configuration file, signals. In a process group of its own, because Ctrl-C in a terminal
 * goes to a whole group, and it is for us to say what it means.
 */
export class ManagerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #clock: Clock;

  constructor(of: {
    readonly config: string;
    readonly log: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly clock: Clock;
  }) {
    this.#clock = of.clock;
    const log = createWriteStream(of.log, { mode: 0o600 });
    this.#child = spawn(process.execPath, [builtProgram('manager'), 'run', '--exit-with-parent', '--config', of.config], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...of.environment },
    });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.#exited = once(this.#child, 'exit').finally(() => log.end());
  }

  /** Resolves with what is wrong when the manager ends by itself. */
  async failed(): Promise<string> {
    await this.#exited;
    return `the manager ended with ${this.#child.exitCode === null ? this.#child.signalCode : `exit code ${this.#child.exitCode}`}`;
  }

  /** SIGQUIT: it finishes its jobs, workers stopped, and ends; SIGKILL after twenty seconds, or as soon as `killed` aborts. */
  async finish(killed: AbortSignal): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    using deadline = deadlineSignal(this.#clock, FINISH_MS, killed);
    deadline.signal.addEventListener('abort', () => this.#child.kill('SIGKILL'));
    this.#child.kill(killed.aborted ? 'SIGKILL' : 'SIGQUIT');
    await this.#exited;
  }
}
