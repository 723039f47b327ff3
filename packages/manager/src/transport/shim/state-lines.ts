/** A longer line is none of the shim's. */
const LINE_BYTES = 64 * 1024;
const PREFIX = '{"shim":';
const EXCERPT_CHARACTERS = 200;

/** Finds the shim's answer in what a command writes to stderr: login files and shells may write there too. Memory is bounded. */
export class StateLines {
  /** Ends within a line. */
  #rest = Buffer.alloc(0);
  #isTooLong = false;
  #last: string | undefined;
  #noise = '';

  take(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      this.#add(bytes.subarray(from, end));
      this.#endLine();
      from = end + 1;
    }
    this.#add(bytes.subarray(from));
  }

  /** The last whole line that can be an answer. */
  get last(): string | undefined {
    return this.#last;
  }

  /** What else was said, for people: printable, at most 200 characters, ready to follow a sentence. */
  get excerpt(): string {
    const said = `${this.#noise}${this.#rest.toString('utf8').slice(0, EXCERPT_CHARACTERS)}`;
    const printable = said.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
    return printable === '' ? '' : ` (${printable.slice(-EXCERPT_CHARACTERS)})`;
  }

  #add(bytes: Buffer): void {
    if (this.#isTooLong) return;
    this.#rest = Buffer.concat([this.#rest, bytes]);
    this.#isTooLong = this.#rest.length > LINE_BYTES;
    if (this.#isTooLong) this.#rest = Buffer.alloc(0);
  }

  #endLine(): void {
    const line = this.#rest.toString('utf8');
    if (!this.#isTooLong && line.startsWith(PREFIX)) this.#last = line;
    else this.#noise = `${this.#noise}${line.slice(0, EXCERPT_CHARACTERS)}\n`.slice(-EXCERPT_CHARACTERS);
    this.#rest = Buffer.alloc(0);
    this.#isTooLong = false;
  }
}
