import { type AnsiStyle, PLAIN, restyled } from './ansi-style.ts';

/** A piece of a line that looks the same all along. */
export interface Span {
  readonly text: string;
  readonly style: AnsiStyle;
}

/** What a trace consists of, for reading: lines, and sections that can be folded. */
export type TraceItem =
  | { readonly kind: 'line'; readonly at: string | undefined; readonly spans: readonly Span[] }
  | {
      readonly kind: 'section';
      readonly name: string;
      readonly isCollapsed: boolean;
      readonly header: readonly Span[];
      /** Seconds; undefined while it is open. */
      readonly duration: number | undefined;
      readonly items: readonly TraceItem[];
    };

interface OpenSection {
  readonly name: string;
  readonly since: number;
  readonly isCollapsed: boolean;
  readonly header: readonly Span[];
  readonly items: TraceItem[];
}

const ESCAPE = '\u001b';
const TIMESTAMP = /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{6}Z [0-9a-f]{2}[OE]([ +])/;
const MARKER = new RegExp(`section_(start|end):(\\d+):([A-Za-z0-9_.-]+)(\\[[^\\]\\r\\n]*\\])?\\r(?:${ESCAPE}\\[0K)?`, 'g');
const SEQUENCE = new RegExp(`${ESCAPE}\\[([0-9;:]*)([A-Za-z])`, 'g');
/** All control characters but the tab. */
const CONTROL = /[^\P{Cc}\t]/gu;

/**
 * Reads a trace for people: timestamps apart, continued lines joined, colours as styles, sections nested. What a carriage return
 * has overwritten is gone. Whatever the bytes are, the result is data: nothing of it is markup.
 */
export function traceItems(trace: string): readonly TraceItem[] {
  const reader = new TraceReader();
  for (const { at, text } of joinedLines(trace)) reader.line(at, text);
  return reader.end();
}

/** Text after a marker up to the next one; the first piece of a line has no marker. */
interface Piece {
  readonly marker: RegExpMatchArray | undefined;
  readonly text: string;
}

class TraceReader {
  readonly #root: TraceItem[] = [];
  readonly #open: OpenSection[] = [];
  #style = PLAIN;

  line(at: string | undefined, text: string): void {
    const pieces = piecesOf(text);
    for (const { marker, text: piece } of pieces) {
      if (marker?.[1] === 'start') this.#begin(marker, piece);
      else {
        if (marker) this.#close(marker[3] ?? '', Number(marker[2]));
        if (pieces.length === 1 || visible(piece) !== '') this.#add(at, piece);
      }
    }
  }

  end(): readonly TraceItem[] {
    while (this.#open.length > 0) this.#finish(undefined);
    return this.#root;
  }

  get #items(): TraceItem[] {
    return this.#open.at(-1)?.items ?? this.#root;
  }

  #add(at: string | undefined, text: string): void {
    this.#items.push({ kind: 'line', at, spans: this.#spans(text) });
  }

  /** What stands on the line behind the marker is the header. */
  #begin([, , since, name = '', options = '']: RegExpMatchArray, header: string): void {
    const isCollapsed = options.includes('collapsed=true');
    this.#open.push({ name, since: Number(since), isCollapsed, header: this.#spans(header), items: [] });
  }

  /** Ends the named section, and what was opened inside of it and never ended. An end without a beginning is nothing. */
  #close(name: string, at: number): void {
    if (!this.#open.some((section) => section.name === name)) return;
    while (this.#open.at(-1)?.name !== name) this.#finish(undefined);
    this.#finish(at);
  }

  #finish(endedAt: number | undefined): void {
    const section = this.#open.pop();
    if (!section) return;
    const { name, since, isCollapsed, header, items } = section;
    const duration = endedAt === undefined ? undefined : Math.max(0, endedAt - since);
    this.#items.push({ kind: 'section', name, isCollapsed, header, duration, items });
  }

  #spans(line: string): readonly Span[] {
    const text = lastWritten(line);
    const spans: Span[] = [];
    let from = 0;
    const add = (piece: string) => {
      const clean = piece.replace(CONTROL, '');
      if (clean !== '') spans.push({ text: clean, style: this.#style });
    };
    for (const sequence of text.matchAll(SEQUENCE)) {
      add(text.slice(from, sequence.index));
      from = sequence.index + sequence[0].length;
      if (sequence[2] === 'm') this.#style = restyled(this.#style, sequence[1] ?? '');
    }
    add(text.slice(from));
    return spans;
  }
}

function piecesOf(text: string): readonly Piece[] {
  const markers = [...text.matchAll(MARKER)];
  const ends = markers.map((marker) => marker.index);
  const rest = markers.map((marker, at) => ({ marker, text: text.slice(marker.index + marker[0].length, ends[at + 1]) }));
  return [{ marker: undefined, text: text.slice(0, ends[0]) }, ...rest];
}

/** `+` says that the line goes on where the one before ended. */
function joinedLines(trace: string): readonly { readonly at: string | undefined; readonly text: string }[] {
  const joined: { at: string | undefined; text: string }[] = [];
  const lines = trace.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const stamp = TIMESTAMP.exec(line);
    const text = stamp ? line.slice(stamp[0].length) : line;
    const last = joined.at(-1);
    if (stamp?.[2] === '+' && last) last.text += text;
    else joined.push({ at: stamp?.[1], text });
  }
  return joined;
}

/** What stands there after all carriage returns, the one at the end apart. */
function lastWritten(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}

function visible(text: string): string {
  return text.replace(SEQUENCE, '').replace(CONTROL, '').trim();
}
