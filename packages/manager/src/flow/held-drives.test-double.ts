import type { DriveOutcome } from '../job/job-driver.ts';
import type { Versioned } from '../store/job-store.ts';
import type { DriveJob } from './roster.ts';

interface Held {
  readonly job: Versioned;
  readonly concurrentId: number;
  readonly end: (outcome: DriveOutcome | Error) => void;
}

/** Drives that last until a test ends them, or until they are left. */
export class HeldDrives {
  readonly #held = new Map<string, Held>();
  /** Ids of the jobs whose drive began, in order, again and again where it began again. */
  readonly begun: string[] = [];

  readonly drive: DriveJob = (job, { concurrentId }, leave) => {
    const { jobId } = job.record;
    this.begun.push(jobId);
    return new Promise((resolve, reject) => {
      const onLeave = () => end('left');
      const end = (outcome: DriveOutcome | Error) => {
        leave.removeEventListener('abort', onLeave);
        this.#held.delete(jobId);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      leave.addEventListener('abort', onLeave, { once: true });
      this.#held.set(jobId, { job, concurrentId, end });
    });
  };

  /** Ids of the jobs that are driven now. */
  get now(): readonly string[] {
    return [...this.#held.keys()];
  }

  of(jobId: string): Held {
    const held = this.#held.get(jobId);
    if (!held) throw new Error(`job ${jobId} is not driven`);
    return held;
  }

  /** Ends the drive as `outcome`, or with an exception. */
  end(jobId: string, outcome: DriveOutcome | Error = 'finished'): void {
    this.of(jobId).end(outcome);
  }
}
