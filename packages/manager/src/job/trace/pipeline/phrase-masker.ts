import { MARK } from './mark.ts';
import { PhraseSearch } from './phrase-search.ts';
import { buildPhraseTable, type PhraseTable } from './phrase-table.ts';

/**
 * What a phrase masker holds: bytes that may be the beginning of a phrase (base64), and how many of them, from the first, belong to
 * a phrase that was found already and whose mark is out.
 */
export interface PhraseMaskerState {
  readonly held: string;
  readonly covered: number;
}

/** A stretch of text in which every byte belongs to a phrase. */
interface Span {
  start: number;
  end: number;
}

/**
 * Replaces every phrase in a stream with `[MASKED]`, wherever the stream is cut. Every byte that belongs to any occurrence of any
 * phrase is hidden; occurrences that overlap share one mark, so that no rest of the longer one stays readable. Held back is only what
 * may still become a phrase.
 */
export class PhraseMasker {
  #table: PhraseTable;
  #held: Uint8Array;
  #covered: number;

  constructor(table: PhraseTable, state: PhraseMaskerState = { held: '', covered: 0 }) {
    this.#table = table;
    this.#held = Buffer.from(state.held, 'base64');
    this.#covered = Math.min(state.covered, this.#held.length);
  }

  /** Masks with other phrases from here on; bytes held back are judged again. */
  useTable(table: PhraseTable): void {
    this.#table = table;
  }

  write(bytes: Uint8Array): Uint8Array {
    if (this.#table.isEmpty && this.#held.length === 0) return bytes;
    const text = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const search = new PhraseSearch(this.#table);
    const spans = this.#spansIn(text, search);
    return this.#release({ text, spans, until: text.length - search.openBytes });
  }

  /** The stream ends here: a beginning without an end is text. */
  end(): Uint8Array {
    const text = this.#held;
    if (text.length === 0) return text;
    return this.#release({ text, spans: this.#spansIn(text, new PhraseSearch(this.#table)), until: text.length });
  }

  state(): PhraseMaskerState {
    return { held: Buffer.from(this.#held).toString('base64'), covered: this.#covered };
  }

  #spansIn(text: Uint8Array, search: PhraseSearch): Span[] {
    const spans: Span[] = this.#covered > 0 ? [{ start: 0, end: this.#covered }] : [];
    for (let end = search.next(text, 0); end >= 0; end = search.next(text, end)) addSpan(spans, { start: end - search.matchLength, end });
    return spans;
  }

  /** Lets go of the text before `until` and keeps the rest. */
  #release(found: { readonly text: Uint8Array; readonly spans: readonly Span[]; readonly until: number }): Uint8Array {
    const { text, spans, until } = found;
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (const { start, end } of spans) {
      const isMarked = start === 0 && this.#covered > 0;
      if (start >= until && !isMarked) break;
      if (start > at) pieces.push(text.subarray(at, start));
      if (!isMarked) pieces.push(MARK);
      at = end;
    }
    if (at < until) pieces.push(text.subarray(at, until));
    this.#covered = Math.max(0, at - until);
    this.#held = Uint8Array.from(text.subarray(until));
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }
}

/** The phrases as they are looked for: trimmed, not empty, each once. */
export function phraseTableOf(phrases: readonly string[]): PhraseTable {
  const trimmed = new Set(phrases.map((phrase) => phrase.trim()).filter((phrase) => phrase !== ''));
  return buildPhraseTable(
    [...trimmed].map((phrase) => Buffer.from(phrase)),
    { ignoresCase: false },
  );
}

/** Adds a span that ends after all others, and joins it with those it overlaps. */
function addSpan(spans: Span[], span: Span): void {
  let { start } = span;
  for (let last = spans.at(-1); last && last.end > start; last = spans.at(-1)) {
    start = Math.min(start, last.start);
    spans.pop();
  }
  spans.push({ start, end: span.end });
}
