import type { Clock } from '@fargate-gitlab-runner/kernel';

/** Text without a line end that is kept waiting, in bytes; more is put out in pieces. Source: GitLab runner, FF_TIMESTAMPS. */
const LINE_BYTES = 8192;
const LF = 0x0a;
const CR = 0x0d;
const LINE_FEED = Buffer.from('\n');

/** What a stamper holds: the open line's text (base64) and whether the next entry continues the one before. */
export interface LineStamperState {
  readonly held: string;
  readonly isContinued: boolean;
}

/**
 * Gives every line the 32 bytes that GitLab's log view knows: `YYYY-MM-DDTHH:MM:SS.uuuuuuZ 01O ` in front, with `+` instead of the last
 * space when the entry continues the previous one of its stream.
 *
 * Gotchas: a write that ends in an open line with a CR in it (a progress bar, a section marker) is put out at once, with a line end of
 * ours; so is text beyond 8 KiB, cut between characters. The text must be valid UTF-8.
 */
export class LineStamper {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #stream: string;
  #held: Uint8Array;
  #isContinued: boolean;
  #stampedAt = Number.NaN;
  #stamps = { first: LINE_FEED, next: LINE_FEED };

  /** `stream`: two hexadecimal digits; `00` is the manager, `01` the scripts. */
  constructor(
    of: { readonly clock: Pick<Clock, 'now'>; readonly stream: '00' | '01' },
    state: LineStamperState = { held: '', isContinued: false },
  ) {
    this.#clock = of.clock;
    this.#stream = of.stream;
    this.#held = Buffer.from(state.held, 'base64');
    this.#isContinued = state.isContinued;
  }

  write(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    const text = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (let lineEnd = text.indexOf(LF); lineEnd >= 0; lineEnd = text.indexOf(LF, at)) {
      at = this.#putOut(text, { at, until: lineEnd }, pieces);
      pieces.push(this.#stamp(), text.subarray(at, lineEnd + 1));
      this.#isContinued = false;
      at = lineEnd + 1;
    }
    at = this.#putOut(text, { at, until: text.length }, pieces);
    const rest = text.subarray(at);
    this.#held = rest.includes(CR) ? new Uint8Array() : Uint8Array.from(rest);
    if (rest.includes(CR)) this.#putOutOpen(rest, pieces);
    return Buffer.concat(pieces);
  }

  /** Ends the open line, if there is one. A continuation stays one: its line was ended by us, not by the text. */
  endLine(): Uint8Array {
    if (this.#held.length === 0) return this.#held;
    const pieces: Uint8Array[] = [];
    this.#putOutOpen(this.#held, pieces);
    this.#held = new Uint8Array();
    this.#isContinued = false;
    return Buffer.concat(pieces);
  }

  /** The stream ends here; the next one begins with a line of its own. */
  end(): Uint8Array {
    const rest = this.endLine();
    this.#isContinued = false;
    return rest;
  }

  state(): LineStamperState {
    return { held: Buffer.from(this.#held).toString('base64'), isContinued: this.#isContinued };
  }

  /** Puts out full pieces of what lies before `until`; at most one piece's worth is left. */
  #putOut(text: Uint8Array, range: { readonly at: number; readonly until: number }, pieces: Uint8Array[]): number {
    let { at } = range;
    while (range.until - at > LINE_BYTES) {
      const cut = characterStart(text, at + LINE_BYTES);
      this.#putOutOpen(text.subarray(at, cut), pieces);
      at = cut;
    }
    return at;
  }

  #putOutOpen(text: Uint8Array, pieces: Uint8Array[]): void {
    pieces.push(this.#stamp(), text, LINE_FEED);
    this.#isContinued = true;
  }

  #stamp(): Uint8Array {
    const now = this.#clock.now();
    if (now !== this.#stampedAt) {
      this.#stampedAt = now;
      const time = `${new Date(now).toISOString().slice(0, -1)}000Z ${this.#stream}O`;
      this.#stamps = { first: Buffer.from(`${time} `), next: Buffer.from(`${time}+`) };
    }
    return this.#isContinued ? this.#stamps.next : this.#stamps.first;
  }
}

/** The last offset up to `at` where a character begins. */
function characterStart(text: Uint8Array, at: number): number {
  let start = at;
  while (start > at - 3 && ((text[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
