import { type Chunk, chunkName, decodeChunk } from './chunk.ts';

/** Where the byte at some offset of the trace is: in a chunk, or nowhere up to `to`. */
export type Whereabouts = { readonly kind: 'chunk'; readonly chunk: Chunk } | { readonly kind: 'gap'; readonly to: number };

/**
 * Knows where the chunks of a trace begin, so that any part of it can be sent again. Of a predecessor's chunks it learns by walking back
 * from one to the chunk before it, only when it has to.
 */
export class ChunkLedger {
  readonly #fetch: (name: string) => Promise<Uint8Array | undefined>;
  /** Ascending. */
  readonly #starts: number[] = [];
  #beforeOldest: string | undefined;
  #atHand: Chunk | undefined;

  constructor(fetch: (name: string) => Promise<Uint8Array | undefined>) {
    this.#fetch = fetch;
  }

  /** Enters the newest chunk, which was kept just now. */
  add(chunk: Chunk): void {
    if (this.#starts.length === 0) this.#beforeOldest = chunk.previous;
    this.#starts.push(chunk.traceFrom);
    this.#atHand = chunk;
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

  async #read(name: string): Promise<Chunk | undefined> {
    const encoded = await this.#fetch(name);
    const decoded = encoded && decodeChunk(encoded);
    return decoded?.kind === 'chunk' && chunkName(decoded.chunk.traceFrom) === name ? decoded.chunk : undefined;
  }
}

function holds(chunk: Chunk, offset: number): boolean {
  return chunk.traceFrom <= offset && offset < chunk.traceTo;
}
