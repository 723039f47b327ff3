import { type MarkedText, markOf, readMarked, withMark } from './marked-text.ts';
import { S3Failure } from './s3-failure.ts';
import type { S3Objects } from './s3-objects.ts';

/** A text and the ETag it lies under: its version. */
export interface VersionedMarkedText extends MarkedText {
  readonly etag: string;
}

/** One compare-and-swap. `replaces`: the ETag that must be there; undefined: nothing must. */
export interface Swap {
  readonly key: string;
  readonly text: string;
  readonly replaces: string | undefined;
  /** What the mark is made of, where the text differs from one try to the next (a time in it); the text itself when absent. */
  readonly markedAs?: string;
}

/** `lost`: somebody else wrote; `current` is what is there instead. */
export type SwapOutcome =
  | { readonly kind: 'written'; readonly etag: string }
  | { readonly kind: 'lost'; readonly current: VersionedMarkedText | undefined };

/**
 * Texts in a bucket that several managers change by compare-and-swap.
 *
 * Gotcha: a conditional write whose answer was lost may have been done, and its repetition is then refused by its own effect. So whatever is
 * not a plain success is read again: our own mark is our success, an unmoved object means that nothing is known yet (thrown, to be tried
 * again), everything else is another writer's.
 */
export class MarkedObjects {
  readonly #objects: S3Objects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
  }

  async get(key: string): Promise<VersionedMarkedText | undefined> {
    const found = await this.#objects.get(key);
    return found && { ...readMarked(found.text), etag: found.etag };
  }

  async swap({ key, text, replaces, markedAs = text }: Swap): Promise<SwapOutcome> {
    const mark = markOf(markedAs, replaces);
    const condition = replaces === undefined ? { ifAbsent: true } : { ifMatch: replaces };
    try {
      return { kind: 'written', etag: await this.#objects.put(key, withMark(mark, text), condition) };
    } catch (error) {
      if (!(error instanceof S3Failure) || error.kind === 'final') throw error;
      const current = await this.get(key);
      if (current?.mark === mark) return { kind: 'written', etag: current.etag };
      if (current?.etag === replaces) throw error;
      return { kind: 'lost', current };
    }
  }
}
