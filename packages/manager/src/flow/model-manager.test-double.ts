import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { Manager } from '../manager.ts';
import { type CallFate, faultyStore } from '../store/faulty-job-store.test-double.ts';
import type { JobStore } from '../store/job-store.ts';
import type { ManagerEventName } from '../telemetry/manager-event.ts';
import { admitJob } from './admission.ts';
import { flowRig, jobPayload } from './flow-rig.test-double.ts';
import { modelDrive } from './model-drive.test-double.ts';
import type { ModelWorld } from './model-world.test-double.ts';

/** How long an answer that is late takes, on the world's clock. */
const LATE_MS = 4000;

/**
 * One manager process: the real one with its ownership, adoption, admission and records over its own bad line to the store, with a clock of
 * its own. GitLab's questions and answers are the world's: it gives jobs when it likes.
 */
export class ModelManager {
  readonly owner: string;
  readonly #world: ModelWorld;
  readonly #clock: ManualClock;
  readonly #rig: ReturnType<typeof flowRig>;
  readonly #manager: Manager;
  readonly #taking = new Set<Promise<unknown>>();
  #isAsking = false;
  #fates: CallFate[] = [];
  #state: 'running' | 'paused' | 'leaving' | 'gone' = 'running';
  #missedMs = 0;
  #onResume: (() => void)[] = [];

  /** @param skewMs how far its wall clock is ahead of the others' */
  constructor(world: ModelWorld, owner: string, skewMs: number) {
    this.owner = owner;
    this.#world = world;
    this.#clock = new ManualClock(world.clock.now() + skewMs);
    const store = this.#lineTo(world.store);
    const drive = modelDrive({ world, store, clock: this.#clock, random: world.random });
    this.#rig = flowRig({ clock: this.#clock, store, owner, drive, concurrency: 3 });
    this.#rig.coordinator.onUpdate = async () => ({ kind: 'accepted', isCanceling: false });
    this.#manager = this.#makeManager(store);
    void this.#manager.start();
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** How often it has told this. */
  told(name: ManagerEventName): number {
    return this.#rig.told(name).length;
  }

  /** GitLab gives it a job, if it would ask for one: never without a heartbeat. */
  takeJob(): void {
    const { ownership, runners, slots, tools } = this.#rig;
    const [runner] = runners;
    if (this.#state !== 'running' || !this.#isAsking || !ownership.isFresh || !runner) return;
    const slot = slots.tryTake('dev');
    if (!slot) return;
    const jobId = this.#world.newJob();
    const taken = admitJob(tools, { runner, job: jobPayload(jobId), slot });
    this.#taking.add(taken);
    void taken.then((isTaken) => !isTaken && this.#world.failUnrecorded(jobId)).finally(() => this.#taking.delete(taken));
  }

  /** What becomes of its next calls of the store. */
  fail(fates: readonly CallFate[]): void {
    this.#fates.push(...fates);
  }

  heal(): void {
    this.#fates = [];
  }

  jumpClock(ms: number): void {
    this.#clock.jump(ms);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** It wakes, and lives through the time that it missed without knowing. */
  async resume(): Promise<void> {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    for (const go of this.#onResume.splice(0)) go();
    const missed = this.#missedMs;
    this.#missedMs = 0;
    await this.#clock.advance(missed);
  }

  /** SIGKILL: nothing of it ever happens again, but what is on its way to the store arrives. */
  kill(): void {
    this.#state = 'gone';
  }

  /** SIGTERM. */
  handOver(): void {
    this.#leave(() => this.#manager.handOver());
  }

  /** SIGQUIT. */
  finish(): void {
    this.#leave(() => this.#manager.finish());
  }

  /** Time passes. */
  async live(ms: number): Promise<void> {
    if (this.#state === 'paused') this.#missedMs += ms;
    else if (this.#state !== 'gone') await this.#clock.advance(ms);
  }

  #leave(goodbye: () => Promise<void>): void {
    if (this.#state !== 'running') return;
    this.#state = 'leaving';
    void goodbye().then(async () => {
      this.#state = 'gone';
      await this.#world.checkGone(this.owner);
    });
  }

  #makeManager(store: JobStore): Manager {
    const { runners, ownership, roster, adoption, tools } = this.#rig;
    return new Manager({
      config: { runners, reaper: { mode: 'off', intervalMs: 60_000 }, timing: { drainMs: 10_000 } },
      clock: this.#clock,
      coordinator: { [Symbol.asyncDispose]: async () => undefined },
      store,
      ownership,
      roster,
      adoption,
      reaper: { keepLooking: async () => undefined },
      polling: {
        start: () => {
          this.#isAsking = true;
        },
        stop: async () => {
          this.#isAsking = false;
          await Promise.all(this.#taking);
        },
      },
      keys: { keep: async () => undefined },
      emit: tools.emit,
    });
  }

  /** Its calls, through its faults; none leaves and none is answered while it is paused or gone. */
  #lineTo(store: JobStore): JobStore {
    const line = faultyStore(store, {
      fate: () => this.#fates.shift() ?? 'done',
      wait: () => this.#world.clock.sleep(LATE_MS),
    });
    return new Proxy(line, {
      get: (target, operation) => {
        const method: unknown = Reflect.get(target, operation);
        if (typeof method !== 'function') return method;
        return async (...given: readonly unknown[]) => {
          await this.#awake();
          await this.#turns();
          try {
            return await Reflect.apply(method, target, given);
          } finally {
            await this.#awake();
          }
        };
      },
    });
  }

  /** A call takes a while, so that those of several managers come in any order. */
  async #turns(): Promise<void> {
    const turns = Math.floor(this.#world.random.fraction() * 3);
    for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async #awake(): Promise<void> {
    if (this.#state === 'gone') await new Promise(() => undefined);
    if (this.#state === 'paused') await new Promise<void>((resolve) => this.#onResume.push(resolve));
  }
}
