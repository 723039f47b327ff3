import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { shimFolderOf, WORKER_ENV } from '@fargate-gitlab-runner/blueprint';
import { ContainerProcess } from './container-process.ts';
import { withInit } from './init-script.ts';
import type { HostGround } from './local-host.ts';
import { type KnownProcess, killMarked, markedProcesses, signalProcess, TASK_MARK } from './marked-processes.ts';
import type { ContainerDependency, ContainerPlan, OnContainerExit, TaskPlan, TaskProcesses } from './process-host.ts';
import { sandboxed } from './sandbox.ts';
import type { SshSettings } from './ssh-settings.ts';
import { sshdFiles } from './sshd-files.ts';

/** Whom a task tells what happens to it. */
export interface TaskNews {
  readonly onExit: OnContainerExit;
  /** Nothing is left of the task. */
  readonly onGone: () => void;
}

/** One task as a process tree. Every process of it bears the task's mark in its environment, or descends from one that does. */
export class LocalTask implements TaskProcesses {
  readonly home: string;
  readonly #ground: HostGround;
  readonly #plan: TaskPlan;
  readonly #folder: string;
  readonly #mark: string;
  readonly #processes = new Map<string, ContainerProcess>();
  readonly #news: TaskNews;
  /** Those that lived before SIGTERM: an sshd that serves a connection bears no mark, and loses its parent. */
  #known: readonly KnownProcess[] = [];
  #isForgotten = false;

  constructor(ground: HostGround, plan: TaskPlan, news: TaskNews) {
    this.#ground = ground;
    this.#plan = plan;
    this.#news = news;
    this.#mark = `${ground.mark}${plan.taskId}`;
    this.#folder = join(ground.root, 'tasks', plan.taskId);
    this.home = join(this.#folder, 'home');
  }

  /** Starts every container that has a process. */
  async start(): Promise<void> {
    if (this.#plan.faults.diskBytes !== undefined && !this.#ground.bwrap) throw new Error('a small disk needs bwrap');
    mkdirSync(this.home, { recursive: true, mode: 0o755 });
    const begun = new Map<string, Promise<void>>();
    await Promise.all(this.#plan.containers.map((container) => this.#inOrder(container, begun)));
  }

  /** Starts the container once what it depends on has happened. */
  #inOrder(container: ContainerPlan, begun: Map<string, Promise<void>>): Promise<void> {
    const start = async () => {
      for (const dependency of container.dependsOn) await this.#happened(dependency, begun);
      await this.#startContainer(container);
    };
    const promise = begun.get(container.name) ?? start();
    begun.set(container.name, promise);
    return promise;
  }

  async #happened({ container: name, condition }: ContainerDependency, begun: Map<string, Promise<void>>): Promise<void> {
    const needed = this.#plan.containers.find((one) => one.name === name);
    if (needed) await this.#inOrder(needed, begun);
    if (condition === 'START') return;
    const exitCode = (await this.#processes.get(name)?.exited) ?? 0;
    if (condition === 'SUCCESS' && exitCode !== 0) throw new Error(`another container needs ${name}, which exited ${exitCode}`);
  }

  async terminate(): Promise<void> {
    for (const { name, kind } of this.#plan.containers) if (kind === 'idle') this.#news.onExit(name, 143);
    if (!this.#ground.bwrap) this.#known = await markedProcesses(this.#mark);
    for (const process of this.#processes.values()) await process.signal('SIGTERM');
  }

  async kill(): Promise<void> {
    if (!this.#isForgotten) await this.#killProcesses();
    rmSync(this.#folder, { recursive: true, force: true });
    this.#removeShimFolder();
    this.#news.onGone();
  }

  async pids(): Promise<readonly number[]> {
    return (await markedProcesses(this.#mark)).map((process) => process.pid);
  }

  async dropConnections(): Promise<void> {
    if (this.#ground.options.kind === 'ssh2') {
      const workers = this.#plan.containers.filter((container) => container.kind === 'worker');
      for (const { name } of workers) this.#processes.get(name)?.child.stdin?.write('drop\n');
      return;
    }
    for (const pid of await this.pids()) if (await isSshdSession(pid)) signalProcess(pid, 'SIGKILL');
  }

  async signalAll(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    for (const pid of await this.pids()) signalProcess(pid, signal);
  }

  /** The emulator ends and kills every process itself: exits are no news any more. */
  forget(): void {
    this.#isForgotten = true;
  }

  async #killProcesses(): Promise<void> {
    const areGone = await Promise.all([...this.#processes.values()].map((process) => process.killSandbox()));
    if (areGone.includes(false)) await killMarked(this.#mark, this.#known);
    await Promise.all([...this.#processes.values()].map((process) => process.gone()));
  }

  async #startContainer(container: ContainerPlan): Promise<void> {
    if (container.kind === 'idle') return;
    const child = container.kind === 'worker' ? this.#startWorker(container) : this.#startCommand(container);
    const process = new ContainerProcess(child, this.#ground.bwrap !== undefined);
    this.#processes.set(container.name, process);
    process.exited.then((exitCode) => this.#isForgotten || this.#news.onExit(container.name, exitCode));
    await process.started();
  }

  #startCommand({ command, environment }: ContainerPlan): ChildProcess {
    const env = { ...Object.fromEntries(environment), PATH: this.#ground.options.path, [TASK_MARK]: this.#mark };
    return this.#spawn(command, { env, stdio: 'ignore' });
  }

  #startWorker(container: ContainerPlan): ChildProcess {
    const { options, entry } = this.#ground;
    const settings = this.#settings(container);
    const env = this.#environment(container);
    if (options.kind === 'sshd') return this.#startSshd(settings, env);
    const child = this.#spawnWorker([process.execPath, ...entry], env);
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(`${JSON.stringify(settings)}\n`);
    return child;
  }

  #startSshd(settings: SshSettings, env: Record<string, string>): ChildProcess {
    const folder = join(this.#folder, 'ssh');
    mkdirSync(folder);
    const files = sshdFiles(settings, folder, this.#ground.options.path);
    const child = this.#spawnWorker(files.argv, env);
    let refusals = settings.authRefusals;
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (line.includes('Failed publickey') && --refusals === 0) files.admitKey();
      });
    }
    return child;
  }

  #spawnWorker(argv: readonly string[], env: Record<string, string>): ChildProcess {
    const stderr = this.#ground.options.kind === 'sshd' ? 'pipe' : 'ignore';
    return this.#spawn(withInit(this.#ground.init, argv, this.#plan.faults.sshRefusedMs ?? 0), { env, stdio: ['pipe', 'ignore', stderr] });
  }

  #spawn(argv: readonly string[], options: Pick<SpawnOptions, 'env' | 'stdio'>): ChildProcess {
    const { bwrap, root, readable } = this.#ground;
    const folders = { root, readable: [...readable, this.#folder], home: this.home, diskBytes: this.#plan.faults.diskBytes };
    const [program = '', ...args] = [...(bwrap ? sandboxed(bwrap, folders) : []), ...argv];
    return spawn(program, args, { ...options, cwd: this.home, detached: true });
  }

  #settings(container: ContainerPlan): SshSettings {
    const { options } = this.#ground;
    const full = this.#environment(container);
    const { PATH, HOME, [TASK_MARK]: mark } = full;
    const bare = { PATH: PATH ?? '', HOME: HOME ?? '', [TASK_MARK]: mark ?? '' };
    return {
      address: this.#plan.address,
      port: options.port,
      authorizedKey: container.environment.get(WORKER_ENV.sshPublicKey) ?? '',
      authRefusals: this.#plan.faults.authRefusals ?? 0,
      shell: this.#ground.tools.of(container.image).shell,
      home: this.home,
      environment: this.#plan.faults.bareSessions ? bare : full,
    };
  }

  #environment({ environment, image }: ContainerPlan): Record<string, string> {
    const tools = this.#ground.tools.of(image);
    const user = userInfo().username;
    const own = { PATH: tools.path, HOME: this.home, USER: user, LOGNAME: user, SHELL: tools.shell, [TASK_MARK]: this.#mark };
    return { ...Object.fromEntries(environment), ...own };
  }

  /** Without a private /tmp the shim's folder lies on the machine; a real worker takes it along. */
  #removeShimFolder(): void {
    const placements = this.#plan.containers.map((container) => container.environment.get(WORKER_ENV.placement) ?? '');
    for (const placement of placements)
      if (/^[A-Za-z0-9_-]+$/.test(placement)) rmSync(shimFolderOf(placement), { recursive: true, force: true });
  }
}

/** sshd renames its process once for each connection: `sshd: root@notty`. */
async function isSshdSession(pid: number): Promise<boolean> {
  const title = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
  return /^sshd(-session)?: \S+@/.test(title);
}
