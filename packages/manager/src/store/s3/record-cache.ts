import type { Versioned } from '../job-store.ts';

/** About what a manager may spend on not reading again what others drive. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/**
 * Records that were read, by name, each good as long as its object has the same ETag: a list names ETags, so only what has changed since
 * the last one is read. When it is full, what doesn't fit is read every time.
 */
export class RecordCache {
  readonly #entries = new Map<string, { readonly found: Versioned; readonly size: number }>();
  #size = 0;

  get(name: string, etag: string): Versioned | undefined {
    const entry = this.#entries.get(name);
    return entry?.found.version === etag ? entry.found : undefined;
  }

  /** `size`: characters of the text it was read from. */
  set(name: string, found: Versioned, size: number): void {
    this.#remove(name);
    if (this.#size + size > MOST_CHARACTERS) return;
    this.#entries.set(name, { found, size });
    this.#size += size;
  }

  /** Forgets everything but these names. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of [...this.#entries.keys()]) if (!names.has(name)) this.#remove(name);
  }

  #remove(name: string): void {
    this.#size -= this.#entries.get(name)?.size ?? 0;
    this.#entries.delete(name);
  }
}
