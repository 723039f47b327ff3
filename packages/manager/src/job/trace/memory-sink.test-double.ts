import { type Chunk, decodeChunk } from './chunk.ts';
import type { ChunkSink, KeepOutcome } from './chunk-sink.ts';

/** Keeps chunks in memory, for tests, and refuses when it is told to. */
export class MemorySink implements ChunkSink {
  readonly #kept = new Map<string, Uint8Array>();
  readonly #answers: KeepOutcome[] = [];

  /** Names in the order of the trace. */
  get names(): string[] {
    return [...this.#kept.keys()].sort();
  }

  /** The last chunk, as a successor would read it. */
  get last(): Chunk | undefined {
    const name = this.names.at(-1);
    return name === undefined ? undefined : this.chunk(name);
  }

  /** Everything that was kept, in the order of the trace. */
  get bytes(): Buffer {
    return Buffer.concat(this.names.map((name) => this.chunk(name)?.bytes ?? new Uint8Array()));
  }

  chunk(name: string): Chunk | undefined {
    const decoded = decodeChunk(this.#kept.get(name) ?? new Uint8Array());
    return decoded.kind === 'chunk' ? decoded.chunk : undefined;
  }

  /** The next chunks are answered so, one answer each, and not kept. */
  answer(...answers: KeepOutcome[]): void {
    this.#answers.push(...answers);
  }

  lose(name: string): void {
    this.#kept.delete(name);
  }

  keep({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Promise<KeepOutcome> {
    const answer = this.#answers.shift();
    if (answer) return Promise.resolve(answer);
    const before = this.#kept.get(name);
    if (before && !Buffer.from(before).equals(bytes)) throw new Error(`chunk ${name} was kept before, with other bytes`);
    this.#kept.set(name, Uint8Array.from(bytes));
    return Promise.resolve({ kind: 'kept' });
  }

  fetch(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#kept.get(name));
  }
}
