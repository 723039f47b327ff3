import { TASK_TAGS, TOOLBOX_SSH_PORT } from '@fargate-gitlab-runner/blueprint';
import type { EmulatedTask } from '@fargate-gitlab-runner/emulator-aws';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import { TcpProxy } from './tcp-proxy.ts';

/** Where managers reach workers: a proxy at the worker's own address, in front of its SSH server. */
export const PROXIED_SSH_PORT = 2322;
const LOOK_MS = 100;

/** Watches the tasks: gives each worker its proxy, and remembers which task was whose. */
export class WorkerWays {
  readonly #rig: Rig;
  readonly #proxies = new Map<string, TcpProxy>();
  readonly #jobs = new Map<string, Set<string>>();
  readonly #twice = new Set<string>();
  #live: readonly EmulatedTask[] = [];
  #delayMs = 0;
  #isShut = false;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** The tasks that were there at the last look, with a worker that has an address. */
  get workers(): readonly EmulatedTask[] {
    return this.#live.filter(({ address, lastStatus }) => address !== undefined && lastStatus === 'RUNNING');
  }

  /** Every task that was seen for a job. */
  tasksOf(jobId: string): readonly string[] {
    return [...(this.#jobs.get(jobId) ?? [])];
  }

  /** Two tasks of one job that were wanted at the same time: there must be none. */
  get twice(): readonly string[] {
    return [...this.#twice];
  }

  cut(): void {
    for (const proxy of this.#proxies.values()) proxy.cut();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
    for (const proxy of this.#proxies.values()) proxy.delayMs = ms;
  }

  shut(isShut: boolean): void {
    this.#isShut = isShut;
    for (const proxy of this.#proxies.values()) isShut ? proxy.shut() : proxy.open();
  }

  /** Looks until the signal aborts, then lets go of the proxies. */
  async keepLooking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await systemClock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
  }

  async #look(): Promise<void> {
    this.#live = await this.#rig.aws.control.liveTasks();
    for (const task of this.#live) this.#remember(task);
    for (const { address } of this.#live) if (address !== undefined) await this.#open(address);
    const addresses = new Set(this.#live.map(({ address }) => address));
    for (const [address, proxy] of this.#proxies) {
      if (addresses.has(address)) continue;
      this.#proxies.delete(address);
      await proxy[Symbol.asyncDispose]();
    }
  }

  #remember(task: EmulatedTask): void {
    const jobId = task.tags[TASK_TAGS.job];
    if (jobId === undefined) return;
    const before = this.#jobs.get(jobId) ?? new Set();
    const others = this.#live.filter((other) => other.taskArn !== task.taskArn && other.tags[TASK_TAGS.job] === jobId);
    const beside = isWanted(task) ? others.find(isWanted) : undefined;
    const pair = [task.taskArn, beside?.taskArn].sort().join(' beside ');
    if (beside) this.#twice.add(`job ${jobId}: ${pair}`);
    this.#jobs.set(jobId, before.add(task.taskArn));
  }

  async #open(address: string): Promise<void> {
    if (this.#proxies.has(address)) return;
    const proxy = await TcpProxy.listen({ host: address, port: PROXIED_SSH_PORT }, { host: address, port: TOOLBOX_SSH_PORT });
    proxy.delayMs = this.#delayMs;
    if (this.#isShut) proxy.shut();
    this.#proxies.set(address, proxy);
  }
}

/** Nothing has told it to stop yet. */
function isWanted({ stopCode }: EmulatedTask): boolean {
  return stopCode === undefined;
}
