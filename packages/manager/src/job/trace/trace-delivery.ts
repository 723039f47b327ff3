import { unreachable } from '@fargate-gitlab-runner/kernel';
import type { Coordinator, JobCredentials, TraceVerdict } from '../../coordinator/coordinator.ts';
import { type Chunk, type ChunkHead, joinChunks, moveChunk } from './chunk.ts';
import { ChunkLedger } from './chunk-ledger.ts';
import { readChunk } from './chunk-reading.ts';
import type { ChunkSink } from './chunk-sink.ts';
import type { JobTrace } from './job-trace.ts';

/** The most that one PATCH may carry. Source: GitLab runner, trace chunks. */
const PATCH_MAX_BYTES = 1024 * 1024;
/** So many rewinds without one accepted byte are a quarrel, not progress. */
const REWINDS_IN_A_ROW = 3;

/** What a delivery works with. `resend`: the last chunk of a predecessor, which may have arrived or not. */
export interface TraceDeliverySettings {
  readonly trace: JobTrace;
  readonly coordinator: Coordinator;
  readonly job: JobCredentials;
  readonly isDebug: boolean;
  readonly sink: ChunkSink;
  readonly resend: ChunkHead | undefined;
  /** Pending bytes were taken: there is room for more. */
  onTaken(): void;
  /** GitLab's trace can't be made what ours is. The job goes on. */
  onDamage(cause: string): void;
}

/**
 * What one step came to. `idle`: everything has arrived. `moved`: GitLab accepted bytes or said where to go on. `stuck`: the same again
 * later. `missing`: GitLab doesn't know the job's trace, as proxies say now and then.
 */
export type DeliveryStep =
  | { readonly kind: 'idle' }
  | { readonly kind: 'moved'; readonly paceMs?: number; readonly isCanceling: boolean }
  | { readonly kind: 'stuck' | 'missing' | 'gone'; readonly cause: string };

/** What one PATCH carries: bytes of the trace, and where in it they begin. */
interface Piece {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/**
 * Brings a job's trace to GitLab, one PATCH a step.
 *
 * Life of a byte: pending in the trace, taken as a chunk, kept in the sink, patched, accepted. Gotchas: a chunk that could not be kept is
 * offered again, never re-made; no other is taken before it has arrived, but by `keepRest`. GitLab's word on how much it holds wins: what it lost is read
 * back from the sink, what it has beyond ours is left alone.
 */
export class TraceDelivery {
  readonly #settings: TraceDeliverySettings;
  readonly #ledger: ChunkLedger;
  #sink: ChunkSink;
  #unkept: Chunk | undefined;
  /** Taken to be kept by somebody else than the sink; nothing after it is taken until it is. */
  #rest: Chunk | undefined;
  /** The part of the rest that nobody had sent before, until GitLab has some of it. */
  #fresh: Chunk | undefined;
  /** How much GitLab has, as far as we know, and how much is kept. */
  #at: number;
  #end: number;
  #crc: number | undefined;
  #rewinds = 0;
  /** How often GitLab turned out to have more than was known. */
  #jumps = 0;

  constructor(settings: TraceDeliverySettings) {
    const { resend, trace } = settings;
    this.#settings = settings;
    this.#sink = settings.sink;
    this.#ledger = new ChunkLedger((name) => readChunk(name, { sink: this.#sink, settings: trace.settings }));
    this.#end = trace.taken.size;
    this.#crc = trace.taken.crc;
    this.#at = resend?.traceFrom ?? this.#end;
    if (resend) this.#ledger.addHead(resend);
  }

  /** Whether there is something to send. */
  get hasWork(): boolean {
    return this.hasKept || this.#unkept !== undefined || (!this.#rest && this.#settings.trace.pendingBytes > 0);
  }

  /** Whether there are kept bytes that have not arrived. */
  get hasKept(): boolean {
    return this.#at < this.#end;
  }

  /** Size and checksum of the trace as far as it is kept. */
  get output(): { readonly bytesize: number; readonly checksum?: number } {
    return { bytesize: this.#end, ...(this.#crc !== undefined && { checksum: this.#crc }) };
  }

  /** Chunks are kept there from now on. */
  useSink(sink: ChunkSink): void {
    this.#sink = sink;
  }

  /**
   * Hands over everything that GitLab is not known to have, as one chunk with its bytes: what is kept as well, because whoever holds the sink
   * may be gone before GitLab has it. What was not kept before is sent once `keep` has resolved, and never when it rejects. `keep` is called
   * once more when GitLab turns out meanwhile to have more than was known: what is left goes behind that. It does so too when GitLab says that
   * later, and is kept there by the sink.
   */
  async keepRest(keep: (rest: Chunk | undefined) => Promise<unknown>): Promise<void> {
    const { trace, onTaken } = this.#settings;
    this.#rest = trace.takeChunk();
    if (this.#rest) onTaken();
    let rest: Chunk | undefined;
    for (let jumps = -1; jumps !== this.#jumps; ) {
      jumps = this.#jumps;
      rest = await this.#restFrom(this.#rest);
      await keep(rest);
    }
    const fresh = this.hasKept ? this.#rest : joined([this.#unkept, this.#rest]);
    if (rest) {
      this.#fresh = fresh;
      this.#enter(rest);
    } else this.#unkept ??= this.#rest;
    this.#rest = undefined;
  }

  /** Sends everything again from the beginning. */
  restart(): void {
    this.#at = 0;
    this.#rewinds = 0;
  }

  /** Leaves what has not arrived behind. */
  giveUp(): void {
    this.#at = this.#end;
  }

  /** Keeps the next chunk if everything before it has arrived, and patches one piece. */
  async step(signal: AbortSignal): Promise<DeliveryStep> {
    if (!this.hasKept) {
      const obstacle = await this.#keepNext();
      if (obstacle) return obstacle;
    }
    const from = this.#at;
    const bytes = await this.#bytesAt(from);
    const { coordinator, job, isDebug } = this.#settings;
    return this.#judge(await coordinator.patchTrace(job, { from, bytes, isDebug }, signal), { from, bytes });
  }

  async #keepNext(): Promise<DeliveryStep | undefined> {
    const chunk = this.#unkept ?? (this.#rest ? undefined : this.#settings.trace.takeChunk());
    if (!chunk) return { kind: 'idle' };
    if (!this.#unkept) this.#settings.onTaken();
    this.#unkept = chunk;
    await this.#sink.keep(chunk);
    // Else it was kept by somebody else meanwhile.
    if (this.#unkept === chunk) this.#enter(chunk);
    return undefined;
  }

  /**
   * It begins where the last chunk does that may not have arrived: a successor sends it first, and must leave no gap. Undefined also when that
   * can't be had any more; then the sink is the place for what comes after it.
   */
  async #restFrom(last: Chunk | undefined): Promise<Chunk | undefined> {
    if (!this.hasKept) return joined([this.#unkept, last]);
    const unarrived = await this.#ledger.newest();
    return unarrived && joined([unarrived, last]);
  }

  /** The chunk is kept: it is the newest of those that are sent. */
  #enter(chunk: Chunk): void {
    this.#unkept = undefined;
    this.#ledger.add(chunk);
    this.#end = chunk.traceTo;
    this.#crc = chunk.crcAfter;
  }

  /** At most one PATCH's worth from `offset` on. What can't be had any more is filled with blanks, so that offsets stay true. */
  async #bytesAt(offset: number): Promise<Uint8Array> {
    const found = await this.#ledger.find(offset, this.#end);
    if (found.kind === 'chunk') return found.chunk.bytes.subarray(offset - found.chunk.traceFrom).subarray(0, PATCH_MAX_BYTES);
    const length = Math.min(found.to - offset, PATCH_MAX_BYTES);
    this.#damaged(`${length} bytes of the trace from ${offset} on are lost`);
    return Buffer.alloc(length, ' ').fill('\n', length - 1);
  }

  #judge(verdict: TraceVerdict, sent: Piece): DeliveryStep {
    switch (verdict.kind) {
      case 'accepted':
        this.#at = sent.from + sent.bytes.length;
        if (this.#hasFresh(sent)) this.#fresh = undefined;
        this.#rewinds = 0;
        return moved(verdict);
      case 'rewind':
        return this.#rewind(verdict, sent);
      case 'failed':
        return { kind: 'stuck', cause: verdict.cause };
      case 'missing':
      case 'gone':
        return verdict;
      default:
        return unreachable(verdict);
    }
  }

  #hasFresh({ from, bytes }: Piece): boolean {
    return this.#fresh !== undefined && from + bytes.length > this.#fresh.traceFrom;
  }

  #rewind(verdict: TraceVerdict & { readonly kind: 'rewind' }, sent: Piece): DeliveryStep {
    const { from } = sent;
    this.#rewinds++;
    if (verdict.to === from || this.#rewinds > REWINDS_IN_A_ROW) {
      this.#rewinds = 0;
      return { kind: 'stuck', cause: `GitLab refused bytes from ${from} on and asked for ${verdict.to}` };
    }
    this.#at = verdict.to;
    const known = this.#knownTo(verdict.to, sent);
    if (verdict.to > known) {
      this.#jumps++;
      this.#end = verdict.to;
      this.#unkept ??= this.#fresh;
      this.#fresh = undefined;
      this.#damaged(`GitLab has ${verdict.to} bytes of a trace of which ${known} are known`);
      this.#moveTaken();
    }
    return moved(verdict);
  }

  /**
   * How much of what GitLab says it has can be ours. The fresh part is, when GitLab has just as much as this piece brings: it was taken with the
   * answer lost, at an earlier step or below us, where a request is sent again that a dying connection or a proxy's error may have let through.
   */
  #knownTo(to: number, { from, bytes }: Piece): number {
    if (!this.#fresh || to === from + bytes.length) return this.#end;
    return this.#fresh.traceFrom;
  }

  /** What was taken and has not been entered goes behind what GitLab has. */
  #moveTaken(): void {
    this.#unkept = this.#unkept && moveChunk(this.#unkept, this.#end);
    this.#rest = this.#rest && moveChunk(this.#rest, this.#unkept?.traceTo ?? this.#end);
    this.#settings.trace.goOnAt(this.#rest?.traceTo ?? this.#unkept?.traceTo ?? this.#end);
  }

  #damaged(cause: string): void {
    this.#crc = undefined;
    this.#settings.trace.goOnAt(this.#end);
    this.#settings.onDamage(cause);
  }
}

function joined(chunks: readonly (Chunk | undefined)[]): Chunk | undefined {
  return joinChunks(chunks.filter((chunk) => chunk !== undefined));
}

function moved(verdict: { readonly paceMs?: number; readonly isCanceling?: boolean }): DeliveryStep {
  return { kind: 'moved', isCanceling: verdict.isCanceling ?? false, ...(verdict.paceMs !== undefined && { paceMs: verdict.paceMs }) };
}
