import type { RecordedChunk } from '../store/job-record.ts';
import { Fenced, type RecordedJob } from './recorded-job.ts';
import type { ChunkSink, KeepOutcome } from './trace/chunk-sink.ts';
import { WorkerBroken, type WorkerLink, WorkerLost } from './worker-link.ts';

/** Writes chunks into the record: before there is a worker, and after it is lost. */
export class RecordSink implements ChunkSink {
  readonly #job: RecordedJob;
  readonly #signal: AbortSignal;

  constructor(job: RecordedJob, signal: AbortSignal) {
    this.#job = job;
    this.#signal = signal;
  }

  async keep(chunk: { readonly name: string; readonly bytes: Uint8Array }): Promise<KeepOutcome> {
    const entry: RecordedChunk = { name: chunk.name, encoded: Buffer.from(chunk.bytes).toString('base64') };
    await this.#job.change((record) => ({ chunks: [...record.chunks.filter((c) => c.name !== entry.name), entry] }), this.#signal);
    return { kind: 'kept' };
  }

  fetch(name: string): Promise<Uint8Array | undefined> {
    const entry = this.#job.record.chunks.find((chunk) => chunk.name === name);
    return Promise.resolve(entry && Buffer.from(entry.encoded, 'base64'));
  }
}

/** Writes chunks into the worker; what it can't take, because its disk is full or it is lost, goes into the record. */
export class WorkerSink implements ChunkSink {
  readonly #link: WorkerLink;
  readonly #fallback: RecordSink;
  readonly #signal: AbortSignal;

  constructor(link: WorkerLink, fallback: RecordSink, signal: AbortSignal) {
    this.#link = link;
    this.#fallback = fallback;
    this.#signal = signal;
  }

  async keep(chunk: { readonly name: string; readonly bytes: Uint8Array }): Promise<KeepOutcome> {
    try {
      await this.#link.ask((shim) => shim.commit(chunk, this.#signal), this.#signal);
      return { kind: 'kept' };
    } catch (error) {
      if (error instanceof Fenced) throw error;
      return this.#fallback.keep(chunk);
    }
  }

  async fetch(name: string): Promise<Uint8Array | undefined> {
    const recorded = await this.#fallback.fetch(name);
    if (recorded) return recorded;
    try {
      const { bytes } = await this.#link.ask((shim) => shim.fetch(name, this.#signal), this.#signal);
      return bytes;
    } catch (error) {
      if (error instanceof WorkerBroken || error instanceof WorkerLost) return undefined;
      throw error;
    }
  }
}
