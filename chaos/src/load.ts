import { type Random, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import type { JobKind } from './job-kind.ts';
import { JOB_KINDS, SECRET } from './job-kinds.ts';
import { weightedChoice } from './weighted-choice.ts';
import type { WitnessPlace } from './witness-place.ts';

/** A job that was put into the queue. */
export interface LoadedJob {
  readonly id: string;
  readonly name: string;
  readonly kind: JobKind;
}

const ENDED: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];
const LOOK_MS = 100;

/** Keeps so many jobs in GitLab that are not over yet, of all kinds, in an order that the seed decides. */
export class Load {
  readonly jobs: LoadedJob[] = [];
  readonly #rig: Rig;
  readonly #witness: WitnessPlace;
  readonly #random: Random;
  readonly #open = new Map<string, LoadedJob>();
  readonly #byName = new Map<string, LoadedJob>();

  constructor(rig: Rig, of: { readonly witness: WitnessPlace; readonly seed: number }) {
    this.#rig = rig;
    this.#witness = of.witness;
    this.#random = seededRandom(of.seed);
    of.witness.onMark((name, mark) => this.#cancelAt(name, mark));
  }

  /** Those that GitLab still waits for. */
  get open(): readonly LoadedJob[] {
    return [...this.#open.values()];
  }

  /** Tops up to so many until the signal aborts. */
  async keep(count: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      while (this.#open.size < count) await this.#enqueue();
      await systemClock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  /** Hears of the jobs' ends until the signal aborts. */
  async listen(signal: AbortSignal): Promise<void> {
    for await (const event of this.#rig.gitlab.control.follow({ kinds: ['job'], signal })) {
      if (event.kind === 'job' && ENDED.includes(event.to)) this.#open.delete(event.jobId);
    }
  }

  async #enqueue(): Promise<void> {
    const kind = this.#nextKind();
    const name = `${kind.name}-${this.jobs.length + 1}`;
    if (kind.diskBytes !== undefined) await this.#rig.aws.control.failWorkers({ diskBytes: kind.diskBytes }, 3);
    const { id } = await this.#rig.gitlab.control.enqueueJob({
      ...kind.spec({ mark: (text) => this.#witness.line(text), lines }),
      name,
      variables: [{ key: 'CHAOS_SECRET', value: SECRET, masked: true }],
    });
    const job: LoadedJob = { id, name, kind };
    this.jobs.push(job);
    this.#byName.set(name, job);
    this.#open.set(id, job);
  }

  /** One of each kind first, then by their shares. */
  #nextKind(): JobKind {
    return JOB_KINDS[this.jobs.length] ?? weightedChoice(this.#random, JOB_KINDS, ({ share }) => share);
  }

  #cancelAt(name: string, mark: string): void {
    const job = this.#byName.get(name);
    if (job?.kind.isCanceled && mark === 'step 1') this.#rig.gitlab.control.cancelJob(job.id).catch(() => undefined);
  }
}

/** Lines of bash that print numbered lines, each with the secret. `read` from a pipe nobody writes into is bash's own sleep. */
function lines(from: number, to: number, pauseS?: string): string {
  const pause = pauseS === undefined ? '' : `read -rt ${pauseS} -u 8 || :; `;
  return `exec 8<> <(:); i=${from}; while [ $i -le ${to} ]; do echo "line $i has $CHAOS_SECRET in it"; i=$((i+1)); ${pause}done`;
}
