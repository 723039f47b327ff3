import type { Random } from '@fargate-gitlab-runner/kernel';
import { Job, type JobSpec } from './job.ts';
import type { JobStatus } from './job-status.ts';

/** All jobs, found by their id (text: it may exceed 2^53) or by their token. */
export class JobRegistry {
  readonly #byId = new Map<string, Job>();
  readonly #byToken = new Map<string, Job>();
  readonly #pending = new Set<Job>();
  readonly #random: Random;
  #nextId: bigint;

  constructor(firstId: string, random: Random) {
    this.#nextId = BigInt(firstId);
    this.#random = random;
  }

  /** In order of creation. */
  get all(): readonly Job[] {
    return [...this.#byId.values()];
  }

  /** Waiting for a runner and not reserved by one, first come first. */
  get pending(): readonly Job[] {
    return [...this.#pending].filter((job) => job.reservation === undefined);
  }

  create(spec: JobSpec, onChange: (job: Job, from: JobStatus) => void): Job {
    const identity = { id: String(this.#nextId++), token: `glcbt-64_${this.#random.hex(10)}` };
    const job = new Job(identity, spec, (changed, from) => {
      if (changed.status === 'pending') this.#pending.add(changed);
      else this.#pending.delete(changed);
      onChange(changed, from);
    });
    this.#byId.set(job.id, job);
    this.#byToken.set(job.token, job);
    return job;
  }

  withId(id: string): Job | undefined {
    return this.#byId.get(id);
  }

  withToken(token: string): Job | undefined {
    return this.#byToken.get(token);
  }
}
