import type { JobRecord, RecordedChunk } from '../../store/job-record.ts';
import type { Shim, ShimAnswer } from '../../transport/shim/shim.ts';
import { Fenced, type RecordedJob } from '../recorded-job.ts';
import { type Chunk, chunkName, encodeBesideJournal, encodeChunk } from '../trace/chunk.ts';
import type { ChunkSink, KeepOutcome } from '../trace/chunk-sink.ts';
import { WorkerBroken, type WorkerLink, WorkerLost } from '../worker/worker-link.ts';

/** Writes chunks into the record: before there is a worker, and after it is lost. */
export class RecordSink implements ChunkSink {
  readonly #job: RecordedJob;
  readonly #signal: AbortSignal;

  constructor(job: RecordedJob, signal: AbortSignal) {
    this.#job = job;
    this.#signal = signal;
  }

  async keep(chunk: Chunk): Promise<KeepOutcome> {
    await this.#job.change((record) => ({ chunks: withChunk(record, chunk) }), this.#signal);
    return { kind: 'kept' };
  }

  fetch(name: string): Promise<Uint8Array | undefined> {
    const entry = this.#job.record.chunks.find((chunk) => chunk.name === name);
    return Promise.resolve(entry && Buffer.from(entry.encoded, 'base64'));
  }

  /** Chunks in a record have their bytes with them. */
  journal(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** The chunks of a record with this one among them, which has its bytes with it. */
export function withChunk({ chunks }: Pick<JobRecord, 'chunks'>, chunk: Chunk): RecordedChunk[] {
  const entry = { name: chunkName(chunk.traceFrom), encoded: encodeChunk(chunk).toString('base64') };
  return [...chunks.filter(({ name }) => name !== entry.name), entry];
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

  async keep(chunk: Chunk): Promise<KeepOutcome> {
    const hasJournal = this.#link.state.verbs.includes('journal');
    const bytes = hasJournal ? encodeBesideJournal(chunk) : encodeChunk(chunk);
    const entry = { name: chunkName(chunk.traceFrom), bytes };
    try {
      await this.#link.ask((shim) => shim.commit(entry, this.#signal), this.#signal);
      return { kind: 'kept' };
    } catch (error) {
      if (error instanceof Fenced) throw error;
      return this.#fallback.keep(chunk);
    }
  }

  async fetch(name: string): Promise<Uint8Array | undefined> {
    const recorded = await this.#fallback.fetch(name);
    if (recorded) return recorded;
    return this.#bytesOf((shim) => shim.fetch(name, this.#signal));
  }

  journal(from: number, to: number): Promise<Uint8Array | undefined> {
    return this.#bytesOf((shim) => shim.journal({ from, to }, this.#signal));
  }

  async #bytesOf(ask: (shim: Shim) => Promise<ShimAnswer<{ readonly bytes: Buffer }>>): Promise<Uint8Array | undefined> {
    try {
      const { bytes } = await this.#link.ask(ask, this.#signal);
      return bytes;
    } catch (error) {
      if (error instanceof WorkerBroken || error instanceof WorkerLost) return undefined;
      throw error;
    }
  }
}
