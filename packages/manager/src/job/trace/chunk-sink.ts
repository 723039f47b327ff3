import type { Chunk } from './chunk.ts';

/** Port: where chunks are written ahead, so that they outlive this manager. */
export interface ChunkSink {
  /** Keeps a chunk under its name. The same chunk may be offered again, never another under its name. */
  keep(chunk: Chunk): Promise<KeepOutcome>;
  /** A chunk as it was encoded, or undefined when it can't be had any more. */
  fetch(name: string): Promise<Uint8Array | undefined>;
  /** The journal from one offset to another, or undefined where there is none. */
  journal(from: number, to: number): Promise<Uint8Array | undefined>;
}

/** `not now`: the same chunk is offered again after a pause. `stale`: another manager owns the job, nothing more may be sent. */
export type KeepOutcome = { readonly kind: 'kept' } | { readonly kind: 'not now'; readonly cause: string } | { readonly kind: 'stale' };
