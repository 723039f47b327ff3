import type { JsonObject } from '../json-fields.ts';

/** How many calls are kept with their parameters; counters go on for ever. */
const KEPT = 10_000;

/** One call that reached the emulator, throttled and refused ones included. */
export interface RecordedCall {
  readonly action: string;
  readonly region: string;
  readonly parameters: JsonObject;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `ok`, the error's `__type`, or `dropped` where the connection was cut. */
  outcome: string;
}

/** Every call, for benches (how many) and for the replay against IAM policies (which, with what). */
export class CallLog {
  readonly #counts = new Map<string, number>();
  #calls: RecordedCall[] = [];

  /** Writes a call down; its outcome is `pending` until the caller sets it. */
  add(call: Omit<RecordedCall, 'outcome'>): RecordedCall {
    const entry = { ...call, outcome: 'pending' };
    this.#counts.set(call.action, (this.#counts.get(call.action) ?? 0) + 1);
    this.#calls.push(entry);
    if (this.#calls.length > KEPT * 2) this.#calls = this.#calls.slice(-KEPT);
    return entry;
  }

  /** Calls by action since the start or the last clear. */
  counts(): JsonObject {
    return Object.fromEntries(this.#counts);
  }

  recent(): readonly RecordedCall[] {
    return this.#calls.slice(-KEPT);
  }

  clear(): void {
    this.#counts.clear();
    this.#calls = [];
  }
}
