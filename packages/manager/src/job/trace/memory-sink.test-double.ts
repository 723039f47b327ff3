import { type Chunk, type ChunkHead, chunkName, decodeChunk, encodeChunk, encodeRecipe } from './chunk.ts';
import type { ChunkSink } from './chunk-sink.ts';

/** Keeps chunks in memory, for tests, and fails when it is told to. Given a journal, it keeps recipes wherever there is one. */
export class MemorySink implements ChunkSink {
  readonly #kept = new Map<string, { readonly encoded: Uint8Array; readonly bytes: Uint8Array }>();
  readonly #failures: Error[] = [];
  readonly #journal: (() => Uint8Array) | undefined;

  /** `journal`: everything that was printed so far. */
  constructor(journal?: () => Uint8Array) {
    this.#journal = journal;
  }

  /** Names in the order of the trace. */
  get names(): string[] {
    return [...this.#kept.keys()].sort();
  }

  /** The last chunk, as a successor would read it. */
  get last(): ChunkHead | undefined {
    const decoded = decodeChunk(this.#kept.get(this.names.at(-1) ?? '')?.encoded ?? new Uint8Array());
    if (decoded.kind === 'unreadable') return undefined;
    return decoded.kind === 'chunk' ? decoded.chunk : decoded.head;
  }

  /** Everything that was kept, in the order of the trace. */
  get bytes(): Buffer {
    return Buffer.concat(this.names.map((name) => this.#kept.get(name)?.bytes ?? new Uint8Array()));
  }

  /** The bytes of one chunk, however it was kept. */
  bytesOf(name: string): Uint8Array | undefined {
    return this.#kept.get(name)?.bytes;
  }

  /** How many chunks were kept as recipes. */
  get recipes(): number {
    return [...this.#kept.values()].filter(({ encoded }) => decodeChunk(encoded).kind === 'recipe').length;
  }

  chunk(name: string): Chunk | undefined {
    const decoded = decodeChunk(this.#kept.get(name)?.encoded ?? new Uint8Array());
    return decoded.kind === 'chunk' ? decoded.chunk : undefined;
  }

  /** The next chunk is not kept: `keep` rejects with this. */
  failWith(error: Error): void {
    this.#failures.push(error);
  }

  lose(name: string): void {
    this.#kept.delete(name);
  }

  async keep(chunk: Chunk): Promise<void> {
    const failure = this.#failures.shift();
    if (failure) throw failure;
    const name = chunkName(chunk.traceFrom);
    const encoded = (this.#journal && encodeRecipe(chunk)) ?? encodeChunk(chunk);
    const before = this.#kept.get(name);
    if (before && !Buffer.from(before.encoded).equals(encoded)) throw new Error(`chunk ${name} was kept before, with other bytes`);
    this.#kept.set(name, { encoded: Uint8Array.from(encoded), bytes: Uint8Array.from(chunk.bytes) });
  }

  fetch(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#kept.get(name)?.encoded);
  }

  journal(from: number, to: number): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#journal?.().subarray(from, to));
  }
}
