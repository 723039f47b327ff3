import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { childrenOf, signalProcess } from './marked-processes.ts';

/** The main process of one container. */
export class ContainerProcess {
  readonly child: ChildProcess;
  readonly #isSandboxed: boolean;
  readonly #exited: Promise<number>;

  /** @param child just spawned; a sandboxed one is bwrap, and the container's own process is its child */
  constructor(child: ChildProcess, isSandboxed: boolean) {
    this.child = child;
    this.#isSandboxed = isSandboxed;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : constants.signals.SIGKILL)));
    });
  }

  /** Resolves when it runs; rejects when it can't be started. */
  async started(): Promise<void> {
    await once(this.child, 'spawn');
  }

  /** Its exit code, or 128 + the number of the signal that ended it. Never resolves for one that could not be started. */
  get exited(): Promise<number> {
    return this.#exited;
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    for (const pid of await this.#ownPids()) signalProcess(pid, signal);
  }

  /**
   * Kills the first process of the sandbox, with which the kernel kills everything in it before bwrap sees its end. Returns false when
   * that was not possible: without a sandbox, or in its first moment, there may be strays to look for.
   */
  async killSandbox(): Promise<boolean> {
    if (!this.#isSandboxed) return false;
    if (this.#hasEnded()) return true;
    const own = await this.#ownPids();
    for (const pid of own) signalProcess(pid, 'SIGKILL');
    if (own.length > 0) await this.#exited;
    return own.length > 0;
  }

  /** Waits for its end, which somebody else sees to; at once for one that never started. */
  async gone(): Promise<void> {
    if (this.child.pid !== undefined) await this.#exited;
  }

  #hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async #ownPids(): Promise<readonly number[]> {
    if (this.child.pid === undefined) return [];
    return this.#isSandboxed ? childrenOf(this.child.pid) : [this.child.pid];
  }
}
