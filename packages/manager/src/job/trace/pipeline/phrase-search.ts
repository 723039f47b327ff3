import { childOf, type PhraseTable } from './phrase-table.ts';

/** A search through a stream for the phrases of a table. It remembers where it stands between buffers. */
export class PhraseSearch {
  readonly #table: PhraseTable;
  #node = 0;

  constructor(table: PhraseTable) {
    this.#table = table;
  }

  /** How many of the last bytes seen may be the beginning of a phrase that is not whole yet. */
  get openBytes(): number {
    return this.#table.open[this.#node] ?? 0;
  }

  /** Length of the longest phrase that ended where the last `next` stopped. */
  get matchLength(): number {
    return this.#table.match[this.#node] ?? 0;
  }

  /** Forgets what it has seen. */
  restart(): void {
    this.#node = 0;
  }

  /** Goes on at `from` and returns the offset just after the next phrase's end, or -1 when the text ends first. */
  next(text: Uint8Array, from: number): number {
    const { match } = this.#table;
    for (let at = from; at < text.length; at++) {
      if (this.#node === 0) at = this.#skip(text, at);
      if (at === text.length) return -1;
      this.#node = this.#step(this.#node, text[at] ?? 0);
      if (match[this.#node] !== 0) return at + 1;
    }
    return -1;
  }

  /** The next offset where a phrase may begin. */
  #skip(text: Uint8Array, from: number): number {
    const { root } = this.#table;
    let at = from;
    while (at < text.length && root[text[at] ?? 0] === 0) at++;
    return at;
  }

  #step(from: number, raw: number): number {
    const table = this.#table;
    const folded = table.fold[raw] ?? raw;
    for (let node = from; node !== 0; node = table.fallback[node] ?? 0) {
      const found = childOf(table, node, folded);
      if (found !== 0) return found;
    }
    return table.root[raw] ?? 0;
  }
}
