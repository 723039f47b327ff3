/** The 32 bytes before every line of a trace with timestamps. Source: GitLab runner, FF_TIMESTAMPS. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE]([ +])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: section markers end with an escape sequence
const SECTION_MARKER = /section_(?:start|end):\d+:[^\r]*\r\u001b\[0K/g;

/** Turns a job's trace into the lines a person reads: without timestamps and section markers, continued lines joined. */
export class TraceText {
  #rest = Buffer.alloc(0);
  #open: string | undefined;

  /** Takes the next bytes and returns the lines they complete. */
  take(bytes: Uint8Array): string[] {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(0x0a) + 1;
    this.#rest = all.subarray(end);
    return all
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => this.#line(line));
  }

  /** The job is over: what is still open is complete now. */
  end(): string[] {
    const rest = this.#rest.length > 0 ? this.#line(this.#rest.toString('utf8')) : [];
    this.#rest = Buffer.alloc(0);
    return [...rest, ...this.#close()];
  }

  #line(line: string): string[] {
    const stamp = STAMP.exec(line);
    const text = stamp ? line.slice(stamp[0].length) : line;
    if (stamp?.[1] === '+') {
      this.#open = (this.#open ?? '') + text;
      return this.#isSettled() ? this.#close() : [];
    }
    const before = this.#close();
    this.#open = text;
    return [...before, ...(this.#isSettled() ? this.#close() : [])];
  }

  /** A line that ends in a marker or a carriage return may go on in the next entry. */
  #isSettled(): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    return !/\r(?:\u001b\[0K)?$/.test(this.#open ?? '');
  }

  #close(): string[] {
    if (this.#open === undefined) return [];
    const text = this.#open.replaceAll(SECTION_MARKER, '').replace(/\r$/, '');
    const isOnlyMarkers = text === '' && this.#open !== '';
    this.#open = undefined;
    return isOnlyMarkers ? [] : [text];
  }
}
