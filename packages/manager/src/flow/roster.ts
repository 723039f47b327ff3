import type { Clock, Slot, Slots } from '@fargate-gitlab-runner/kernel';
import type { DriveOutcome } from '../job/job-driver.ts';
import type { Versioned } from '../store/job-store.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';

/** Drives one job to its end, or until the signal says to leave it. */
export type DriveJob = (job: Versioned, place: { readonly concurrentId: number }, leave: AbortSignal) => Promise<DriveOutcome>;

/** One of them. Each has a signal of its own: hundreds of jobs that wait on the same one would make it slow to leave any wait. */
interface Driven {
  readonly runner: string;
  readonly concurrentId: number;
  readonly leave: AbortController;
  readonly done: Promise<void>;
}

/**
 * The jobs that this manager drives at this moment, each with its slot. A job is driven once at a time; the slot goes back when the drive
 * is over, however it ended.
 */
export class Roster {
  readonly slots: Slots;
  readonly #drive: DriveJob;
  readonly #emit: EmitEvent;
  readonly #clock: Clock;
  readonly #driven = new Map<string, Driven>();
  #isLeaving = false;

  constructor(tools: { readonly slots: Slots; readonly drive: DriveJob; readonly emit: EmitEvent; readonly clock: Clock }) {
    this.slots = tools.slots;
    this.#drive = tools.drive;
    this.#emit = tools.emit;
    this.#clock = tools.clock;
  }

  isDriving(jobId: string): boolean {
    return this.#driven.has(jobId);
  }

  /** How many jobs are driven now. */
  get size(): number {
    return this.#driven.size;
  }

  /** Starts driving. The slot is released at the end; a job that is driven already gives its slot back at once. */
  start(job: Versioned, slot: Slot): void {
    const { jobId, runner } = job.record;
    if (this.isDriving(jobId) || this.#isLeaving) {
      slot.release();
      return;
    }
    const concurrentId = this.#lowestFree(runner);
    const leave = new AbortController();
    const done = this.#driveToEnd(job, concurrentId, leave.signal).finally(() => this.#strike(jobId, slot));
    this.#driven.set(jobId, { runner, concurrentId, leave, done });
  }

  /** Leaves every job as it stands, for a successor. Resolves when nothing of ours acts any more. */
  async leaveAll(): Promise<void> {
    this.#isLeaving = true;
    const driven = [...this.#driven.values()];
    for (const { leave } of driven) leave.abort(new Error('this manager hands its jobs over'));
    await Promise.all(driven.map(({ done }) => done));
  }

  async #driveToEnd(job: Versioned, concurrentId: number, leave: AbortSignal): Promise<void> {
    const { jobId, runner } = job.record;
    const begun = this.#clock.monotonic();
    try {
      const outcome = await this.#drive(job, { concurrentId }, leave);
      if (outcome === 'fenced') this.#emit({ name: 'job.fenced', jobId, runner });
    } catch (error) {
      const seconds = (this.#clock.monotonic() - begun) / 1000;
      this.#emit({
        name: 'job.drive_failed',
        jobId,
        runner,
        seconds,
        cause: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }

  #strike(jobId: string, slot: Slot): void {
    this.#driven.delete(jobId);
    slot.release();
  }

  #lowestFree(runner: string): number {
    const taken = new Set([...this.#driven.values()].filter((entry) => entry.runner === runner).map((entry) => entry.concurrentId));
    let id = 0;
    while (taken.has(id)) id++;
    return id;
  }
}
