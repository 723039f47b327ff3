import type { Job } from './job.ts';

/** `resource_group`: of the jobs of a group, whatever their pipelines, one at a time is ready or runs; the others wait in order. */
export class ResourceGroups {
  readonly #holders = new Map<string, Job>();
  readonly #waiting = new Map<string, Job[]>();

  /** Makes a job `pending`, or lets it wait for the resource. */
  enter(group: string | undefined, job: Job): void {
    const holder = group === undefined ? undefined : this.#holders.get(group);
    const isBusy = holder !== undefined && !holder.isFinished;
    if (group !== undefined && isBusy) this.#waiting.set(group, [...(this.#waiting.get(group) ?? []), job]);
    if (group !== undefined && !isBusy) this.#holders.set(group, job);
    job.move(isBusy ? 'waiting_for_resource' : 'pending');
  }

  /** Passes what finished jobs held to the next ones. To be called after each change of a job. */
  pass(): void {
    for (const [group, holder] of this.#holders) {
      if (!holder.isFinished) continue;
      const waiting = (this.#waiting.get(group) ?? []).filter((job) => job.status === 'waiting_for_resource');
      const next = waiting.shift();
      this.#waiting.set(group, waiting);
      if (!next) continue;
      this.#holders.set(group, next);
      next.move('pending');
    }
  }
}
