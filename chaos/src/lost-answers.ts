/**
 * How long a manager may have a job of which nothing is in the store: it is stopped for up to nine seconds, tries for ten, and looks for a few
 * whether it is there for all that.
 */
const RECORDING_MS = 25_000;
/**
 * A question that is held may still be answered with a job when its connection is cut or its manager has ended; and what was answered may
 * still be on its way.
 */
const HELD_MS = 3000;
const ON_ITS_WAY_MS = 2000;

/** When GitLab handed a job out, in wall time, and the `system_id` of the manager that had asked. */
export interface HandedOut {
  readonly at: number;
  readonly systemId: string;
}

/** When the answer with a job may have been lost without anybody knowing of the job. Wall time in milliseconds. */
export class LostAnswers {
  readonly #moments: { readonly fromMs: number; readonly toMs: number; readonly systemId?: string; readonly why: string }[] = [];

  /** The manager that GitLab knows by this `system_id` was ended at once. */
  managerKilled(systemId: string, atMs: number): void {
    this.#moments.push({ fromMs: atMs - RECORDING_MS, toMs: atMs + HELD_MS, systemId, why: 'its manager was killed' });
  }

  /** Every connection to GitLab was cut. */
  wayCut(atMs: number): void {
    this.#moments.push({ fromMs: atMs - ON_ITS_WAY_MS, toMs: atMs + HELD_MS, why: 'the connections to GitLab were cut' });
  }

  /** Why a job that was handed out then, to that manager, may be known to nobody; undefined when nothing stood in its way. */
  causeOf({ at, systemId }: HandedOut): string | undefined {
    const isOf = (moment: { readonly systemId?: string }) => moment.systemId === undefined || moment.systemId === systemId;
    return this.#moments.find((moment) => isOf(moment) && moment.fromMs <= at && at <= moment.toMs)?.why;
  }
}
