import type { Chunk } from './chunk.ts';

/** Port: where chunks are written ahead, so that they outlive this manager. */
export interface ChunkSink {
  /**
   * Keeps a chunk under its name, however long that takes. The same chunk may be offered again, never another under its name. Rejects when
   * it must not be kept any more: another manager owns the job, or this one leaves it.
   */
  keep(chunk: Chunk): Promise<void>;
  /** A chunk as it was encoded, or undefined when it can't be had any more. */
  fetch(name: string): Promise<Uint8Array | undefined>;
  /** The journal from one offset to another, or undefined where there is none. */
  journal(from: number, to: number): Promise<Uint8Array | undefined>;
}
