/** A job is recorded within this time or given up; whoever is killed in it may have had the job and nothing of it in the store. */
const RECORDING_MS = 12_000;
/** A question that is held on a connection that is cut may still be answered with a job; and what was answered may still be on its way. */
const HELD_MS = 3000;
const ON_ITS_WAY_MS = 2000;

/** When the answer with a job may have been lost without anybody knowing of the job. Wall time in milliseconds. */
export class LostAnswers {
  readonly #moments: { readonly fromMs: number; readonly toMs: number; readonly why: string }[] = [];

  /** A manager was ended at once. */
  managerKilled(atMs: number): void {
    this.#moments.push({ fromMs: atMs - RECORDING_MS, toMs: atMs, why: 'its manager was killed' });
  }

  /** Every connection to GitLab was cut. */
  wayCut(atMs: number): void {
    this.#moments.push({ fromMs: atMs - ON_ITS_WAY_MS, toMs: atMs + HELD_MS, why: 'the connections to GitLab were cut' });
  }

  /** Why a job that was handed out then may be known to nobody; undefined when nothing stood in its way. */
  causeAt(handedOutAtMs: number): string | undefined {
    return this.#moments.find(({ fromMs, toMs }) => fromMs <= handedOutAtMs && handedOutAtMs <= toMs)?.why;
  }
}
