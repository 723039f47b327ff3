/** Port: where chunks are written ahead, so that they outlive this manager. */
export interface ChunkSink {
  /** Keeps a chunk. `name` sorts by trace offset; the same name is only ever offered with the same bytes. */
  keep(chunk: { readonly name: string; readonly bytes: Uint8Array }): Promise<KeepOutcome>;
  /** A chunk that was kept, or undefined when it can't be had any more. */
  fetch(name: string): Promise<Uint8Array | undefined>;
}

/** `not now`: the same chunk is offered again after a pause. `stale`: another manager owns the job, nothing more may be sent. */
export type KeepOutcome = { readonly kind: 'kept' } | { readonly kind: 'not now'; readonly cause: string } | { readonly kind: 'stale' };
