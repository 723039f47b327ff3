import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { shimFolderOf, WORKER_ENV } from '@fargate-gitlab-runner/blueprint';
import { withInit } from './init-script.ts';
import type { HostGround } from './local-host.ts';
import { childrenOf, killMarked, markedProcesses, signalProcess, TASK_MARK } from './marked-processes.ts';
import type { ContainerPlan, OnContainerExit, TaskPlan, TaskProcesses } from './process-host.ts';
import { sandboxed } from './sandbox.ts';
import type { SshSettings } from './ssh-settings.ts';
import { sshdFiles } from './sshd-files.ts';

/** One task as a process tree. Every process of it bears the task's mark in its environment, or descends from one that does. */
export class LocalTask implements TaskProcesses {
  readonly home: string;
  readonly #ground: HostGround;
  readonly #plan: TaskPlan;
  readonly #folder: string;
  readonly #mark: string;
  readonly #children = new Map<string, ChildProcess>();
  #onExit: OnContainerExit | undefined;

  constructor(ground: HostGround, plan: TaskPlan, onExit: OnContainerExit) {
    this.#ground = ground;
    this.#plan = plan;
    this.#onExit = onExit;
    this.#mark = `${ground.mark}${plan.taskId}`;
    this.#folder = join(ground.root, 'tasks', plan.taskId);
    this.home = join(this.#folder, 'home');
  }

  /** Starts every container that has a process. */
  async start(): Promise<void> {
    if (this.#plan.faults.diskBytes !== undefined && !this.#ground.bwrap) throw new Error('a small disk needs bwrap');
    mkdirSync(this.home, { recursive: true, mode: 0o755 });
    await Promise.all(this.#plan.containers.map((container) => this.#startContainer(container)));
  }

  async terminate(): Promise<void> {
    for (const { name, kind } of this.#plan.containers) if (kind === 'idle') this.#onExit?.(name, 143);
    for (const [name, child] of this.#children) for (const pid of await this.#mainPids(name, child)) signalProcess(pid, 'SIGTERM');
  }

  async kill(): Promise<void> {
    const running = [...this.#children.values()].filter((child) => child.exitCode === null && child.signalCode === null);
    const exits = running.map((child) => once(child, 'exit'));
    await killMarked(this.#mark);
    await Promise.all(exits);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#removeShimFolder();
  }

  pids(): Promise<readonly number[]> {
    return markedProcesses(this.#mark);
  }

  async dropConnections(): Promise<void> {
    if (this.#ground.options.kind === 'ssh2') {
      for (const [name, child] of this.#children) if (this.#kindOf(name) === 'worker') child.stdin?.write('drop\n');
      return;
    }
    for (const pid of await this.pids()) if (await isSshdSession(pid)) signalProcess(pid, 'SIGKILL');
  }

  async signalAll(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    for (const pid of await this.pids()) signalProcess(pid, signal);
  }

  /** The emulator ends: exits are no news any more. */
  forget(): void {
    this.#onExit = undefined;
  }

  async #startContainer(container: ContainerPlan): Promise<void> {
    if (container.kind === 'idle') return;
    const child = container.kind === 'worker' ? this.#startWorker(container) : this.#startCommand(container);
    this.#children.set(container.name, child);
    child.once('exit', (code, signal) => this.#onExit?.(container.name, code ?? 128 + (signal ? constants.signals[signal] : 9)));
    await once(child, 'spawn');
  }

  #startCommand({ command, environment }: ContainerPlan): ChildProcess {
    const env = { ...Object.fromEntries(environment), PATH: this.#ground.options.path, [TASK_MARK]: this.#mark };
    return spawn(command[0] ?? '', command.slice(1), { cwd: this.home, env, stdio: 'ignore', detached: true });
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
    const { bwrap, root, readable, options } = this.#ground;
    const { diskBytes, sshRefusedMs } = this.#plan.faults;
    const folders = { root, readable: [...readable, this.#folder], home: this.home, diskBytes };
    const [program = '', ...args] = [...(bwrap ? sandboxed(bwrap, folders) : []), ...withInit(argv, sshRefusedMs ?? 0)];
    const stderr = options.kind === 'sshd' ? 'pipe' : 'ignore';
    return spawn(program, args, { cwd: this.home, env, stdio: ['pipe', 'ignore', stderr], detached: true });
  }

  #settings(container: ContainerPlan): SshSettings {
    const { options, tools } = this.#ground;
    const full = this.#environment(container);
    const { PATH, HOME, [TASK_MARK]: mark } = full;
    const bare = { PATH: PATH ?? '', HOME: HOME ?? '', [TASK_MARK]: mark ?? '' };
    return {
      address: this.#plan.address,
      port: options.port,
      authorizedKey: container.environment.get(WORKER_ENV.sshPublicKey) ?? '',
      authRefusals: this.#plan.faults.authRefusals ?? 0,
      shell: tools.shell,
      home: this.home,
      environment: this.#plan.faults.bareSessions ? bare : full,
    };
  }

  #environment({ environment }: ContainerPlan): Record<string, string> {
    const { tools } = this.#ground;
    const user = userInfo().username;
    const own = { PATH: tools.path, HOME: this.home, USER: user, LOGNAME: user, SHELL: tools.shell, [TASK_MARK]: this.#mark };
    return { ...Object.fromEntries(environment), ...own };
  }

  /** The container's own process: in a sandbox, bwrap's child. */
  async #mainPids(name: string, child: ChildProcess): Promise<number[]> {
    if (child.pid === undefined) return [];
    return this.#ground.bwrap !== undefined && this.#kindOf(name) === 'worker' ? childrenOf(child.pid) : [child.pid];
  }

  #kindOf(name: string): ContainerPlan['kind'] | undefined {
    return this.#plan.containers.find((container) => container.name === name)?.kind;
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
