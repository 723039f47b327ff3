import { type Chunk, type ChunkHead, chunkName } from './chunk.ts';

/** Where the byte at some offset of the trace is: in a chunk, or nowhere up to `to`. */
export type Whereabouts = { readonly kind: 'chunk'; readonly chunk: Chunk } | { readonly kind: 'gap'; readonly to: number };

/**
 * Knows where the chunks of a trace begin, so that any part of it can be sent again. Of a predecessor's chunks it learns by walking back
 * from one to the chunk before it, only when it has to.
 */
export class ChunkLedger {
  readonly #read: (name: string) => Promise<Chunk | undefined>;
  /** Ascending. */
  readonly #starts: number[] = [];
  #beforeOldest: string | undefined;
  #atHand: Chunk | undefined;

  /** `read`: a chunk by its name, or undefined when it can't be had any more. */
  constructor(read: (name: string) => Promise<Chunk | undefined>) {
    this.#read = read;
  }

  /** Enters the newest chunk, which was kept just now; it may be one that is there already, and more of the trace behind it. */
  add(chunk: Chunk): void {
    this.addHead(chunk);
    this.#atHand = chunk;
  }

  /** Enters the newest chunk of a predecessor, whose bytes are had when they are asked for. */
  addHead(head: ChunkHead): void {
    if (this.#starts.length === 0) this.#beforeOldest = head.previous;
    if (this.#starts.at(-1) !== head.traceFrom) this.#starts.push(head.traceFrom);
  }

  /** The newest chunk; undefined when there is none or it can't be had any more. */
  async newest(): Promise<Chunk | undefined> {
    const start = this.#starts.at(-1);
    return this.#atHand?.traceFrom === start || start === undefined ? this.#atHand : this.#read(chunkName(start));
  }

  /** Finds the byte at `offset`, which lies before `end`. */
  async find(offset: number, end: number): Promise<Whereabouts> {
    if (this.#atHand && holds(this.#atHand, offset)) return { kind: 'chunk', chunk: this.#atHand };
    while (offset < (this.#starts[0] ?? end) && this.#beforeOldest !== undefined) await this.#stepBack(this.#beforeOldest);
    const start = this.#starts.findLast((from) => from <= offset);
    const chunk = start === undefined ? undefined : await this.#read(chunkName(start));
    if (!chunk || !holds(chunk, offset)) return { kind: 'gap', to: this.#starts.find((from) => from > offset) ?? end };
    this.#atHand = chunk;
    return { kind: 'chunk', chunk };
  }

  async #stepBack(name: string): Promise<void> {
    const oldest = this.#starts[0] ?? 0;
    const chunk = await this.#read(name);
    const isBefore = chunk !== undefined && chunk.traceFrom < oldest;
    this.#beforeOldest = isBefore ? chunk.previous : undefined;
    if (isBefore) this.#starts.unshift(chunk.traceFrom);
  }
}

function holds(chunk: Chunk, offset: number): boolean {
  return chunk.traceFrom <= offset && offset < chunk.traceTo;
}
