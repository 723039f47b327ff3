import type { JobRecord, RecordedChunk } from '../../store/job-record.ts';
import type { Shim, ShimAnswer } from '../../transport/shim/shim.ts';
import type { JobControl } from './job-control.ts';
import { Fenced, type RecordedJob } from '../recorded-job.ts';
import { type Chunk, chunkName, decodeChunk, encodeBesideJournal, encodeChunk } from '../trace/chunk.ts';
import type { ChunkSink } from '../trace/chunk-sink.ts';
import { WorkerBroken, type WorkerLink, WorkerLost } from '../worker/worker-link.ts';

/** Writes chunks into the record: before there is a worker, and after it is lost. */
export class RecordSink implements ChunkSink {
  readonly #job: RecordedJob;
  readonly #signal: AbortSignal;

  constructor(job: RecordedJob, signal: AbortSignal) {
    this.#job = job;
    this.#signal = signal;
  }

  async keep(chunk: Chunk): Promise<void> {
    await this.#job.change((record) => ({ chunks: withChunk(record, chunk) }), this.#signal);
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

/**
 * The chunks of a record with this one among them, which has its bytes with it. Where there is one that begins at the same place and goes
 * further, that one stays: what a worker could not take may come here when the rest of the log has been stored.
 */
export function withChunk({ chunks }: Pick<JobRecord, 'chunks'>, chunk: Chunk): readonly RecordedChunk[] {
  const entry = { name: chunkName(chunk.traceFrom), encoded: encodeChunk(chunk).toString('base64') };
  const before = chunks.find(({ name }) => name === entry.name);
  if (before && endOf(before) > chunk.traceTo) return chunks;
  return [...chunks.filter(({ name }) => name !== entry.name), entry];
}

function endOf({ encoded }: RecordedChunk): number {
  const decoded = decodeChunk(Buffer.from(encoded, 'base64'));
  return decoded.kind === 'chunk' ? decoded.chunk.traceTo : 0;
}

/** Writes chunks into the worker; what it can't take, because its disk is full or it is lost, goes into the record. */
export class WorkerSink implements ChunkSink {
  readonly #link: WorkerLink;
  readonly #fallback: RecordSink;
  readonly #signal: AbortSignal;
  readonly #leave: AbortSignal;

  /** `work` aborts when nothing more is to be asked of the worker, `leave` only when the job is left as it stands. */
  constructor(link: WorkerLink, fallback: RecordSink, { work, leave }: Pick<JobControl, 'work' | 'leave'>) {
    this.#link = link;
    this.#fallback = fallback;
    this.#signal = work;
    this.#leave = leave;
  }

  async keep(chunk: Chunk): Promise<void> {
    const hasJournal = this.#link.state.verbs.includes('journal');
    const bytes = hasJournal ? encodeBesideJournal(chunk) : encodeChunk(chunk);
    const entry = { name: chunkName(chunk.traceFrom), bytes };
    try {
      await this.#link.ask((shim) => shim.commit(entry, this.#signal), this.#signal);
    } catch (error) {
      if (error instanceof Fenced) throw error;
      await this.#fallback.keep(chunk);
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
      if (this.#isWithoutWorker(error)) return undefined;
      throw error;
    }
  }

  /** The job goes on, or ends, without what is in the worker. */
  #isWithoutWorker(error: unknown): boolean {
    if (error instanceof Fenced || this.#leave.aborted) return false;
    return error instanceof WorkerBroken || error instanceof WorkerLost || this.#signal.aborted;
  }
}
