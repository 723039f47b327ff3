import { MARK } from './mark.ts';
import { PhraseSearch } from './phrase-search.ts';
import { buildPhraseTable, type PhraseTable } from './phrase-table.ts';

/** What is masked: the run of `isInRun` bytes after any of the keywords. */
export interface RunRule {
  readonly keywords: PhraseTable;
  /** 1 for each byte that belongs to a run. */
  readonly isInRun: Uint8Array;
}

/** Where a run masker stands: looking for a keyword (`tail`, base64: its possible beginning, already out), or in a run. */
export type RunMaskerState = { readonly kind: 'seeking'; readonly tail: string } | { readonly kind: 'run'; readonly isMarked: boolean };

/**
 * Replaces what follows a keyword with `[MASKED]` and leaves the keyword itself readable; nothing has to be held back for that.
 * A run without a byte gets no mark.
 */
export class RunMasker {
  readonly #rule: RunRule;
  readonly #search: PhraseSearch;
  #tail: Uint8Array = new Uint8Array();
  #mode: 'seeking' | 'unmarked run' | 'marked run' = 'seeking';

  constructor(rule: RunRule, state: RunMaskerState = { kind: 'seeking', tail: '' }) {
    this.#rule = rule;
    this.#search = new PhraseSearch(rule.keywords);
    if (state.kind === 'run') {
      this.#mode = state.isMarked ? 'marked run' : 'unmarked run';
      return;
    }
    this.#tail = Buffer.from(state.tail, 'base64');
    if (this.#search.next(this.#tail, 0) >= 0) this.#mode = 'unmarked run';
  }

  write(bytes: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) at = this.#mode === 'seeking' ? this.#seek(bytes, at, pieces) : this.#pass(bytes, at, pieces);
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  /** The stream ends here: what comes next stands on its own. */
  end(): void {
    this.#mode = 'seeking';
    this.#tail = new Uint8Array();
    this.#search.restart();
  }

  state(): RunMaskerState {
    if (this.#mode === 'seeking') return { kind: 'seeking', tail: Buffer.from(this.#tail).toString('base64') };
    return { kind: 'run', isMarked: this.#mode === 'marked run' };
  }

  /** Lets text through up to and with the next keyword. */
  #seek(bytes: Uint8Array, from: number, pieces: Uint8Array[]): number {
    const found = this.#search.next(bytes, from);
    const until = found < 0 ? bytes.length : found;
    pieces.push(bytes.subarray(from, until));
    if (found >= 0) {
      this.#mode = 'unmarked run';
      this.#tail = new Uint8Array();
      this.#search.restart();
    } else {
      this.#keepTail(bytes.subarray(from));
    }
    return until;
  }

  #keepTail(seen: Uint8Array): void {
    const { openBytes } = this.#search;
    const known = openBytes > seen.length ? Buffer.concat([this.#tail, seen]) : seen;
    this.#tail = Uint8Array.from(known.subarray(known.length - openBytes));
  }

  /** Swallows the run, with one mark where it begins. */
  #pass(bytes: Uint8Array, from: number, pieces: Uint8Array[]): number {
    let at = from;
    while (at < bytes.length && this.#rule.isInRun[bytes[at] ?? 0] === 1) at++;
    if (at > from && this.#mode === 'unmarked run') {
      pieces.push(MARK);
      this.#mode = 'marked run';
    }
    if (at < bytes.length) this.#mode = 'seeking';
    return at;
  }
}

/** A rule from keywords and a test for the bytes of a run. */
export function runRule(keywords: readonly string[], options: { readonly ignoresCase: boolean; isInRun(byte: number): boolean }): RunRule {
  return {
    keywords: buildPhraseTable(
      keywords.map((keyword) => Buffer.from(keyword)),
      options,
    ),
    isInRun: Uint8Array.from({ length: 256 }, (_, byte) => Number(options.isInRun(byte))),
  };
}
