import { crc32 } from 'node:zlib';
import type { Clock } from '@fargate-gitlab-runner/kernel';
import { type Chunk, type ChunkHead, chunkName } from './chunk.ts';
import { RecipeWriter } from './chunk-recipe.ts';
import { cutAtLimit } from './output-limit.ts';
import type { PipelineState } from './pipeline/pipeline-state.ts';
import { TracePipeline } from './pipeline/trace-pipeline.ts';

/** What a job's trace is made with. */
export interface JobTraceSettings {
  /** Phrases that must not be readable. */
  readonly masks: readonly string[];
  /** `features.token_mask_prefixes` of the payload; GitLab's own come on top. */
  readonly tokenPrefixes: readonly string[];
  /** `FF_MASK_ALL_DEFAULT_TOKENS`; `true` when absent. */
  readonly masksDefaultTokens?: boolean;
  readonly hasTimestamps: boolean;
  /** Bytes after masking and timestamps, the notice not counted. */
  readonly limitBytes: number;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * How soon what is pending wants to be seen: `job` when it has the first script output of the job, `stage` when it has the first of
 * a stage.
 */
export type TraceUrgency = 'none' | 'stage' | 'job';

/**
 * The trace of one job: the manager's lines and the journal's bytes on their way to finished bytes, which are taken as chunks. A trace
 * made from the last chunk goes on exactly where that one ended, whatever was fed after it.
 *
 * Gotcha: `journalAt` counts what was fed; what the pipeline holds back of it travels in the chunk.
 */
export class JobTrace {
  #settings: JobTraceSettings;
  readonly #limitBytes: number;
  readonly #pipeline: TracePipeline;
  readonly #said: Set<string>;
  #takenTo: number;
  #crc: number | undefined;
  #previous: string | undefined;
  #journalAt: number;
  #isLimitReached: boolean;
  /** One step has one time of day, however many lines it has: otherwise it could not be made again. */
  #nowMs = 0;
  #recipe: RecipeWriter;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #freshness: TraceUrgency;
  #urgency: TraceUrgency = 'none';
  #onPending: () => void = () => undefined;

  constructor(settings: JobTraceSettings, last?: ChunkHead) {
    this.#settings = settings;
    this.#limitBytes = settings.limitBytes;
    this.#pipeline = new TracePipeline({ ...settings, clock: { now: () => this.#nowMs } }, last?.pipeline);
    this.#said = new Set(last?.said);
    this.#takenTo = last?.traceTo ?? 0;
    this.#crc = last ? last.crcAfter : 0;
    this.#previous = last && chunkName(last.traceFrom);
    this.#journalAt = last?.journalAt ?? 0;
    this.#isLimitReached = last?.isLimitReached ?? false;
    this.#freshness = this.#journalAt === 0 ? 'job' : 'none';
    this.#recipe = this.#newRecipe(this.#pipeline.state());
  }

  /** What it is made with now, late masks included. */
  get settings(): JobTraceSettings {
    return this.#settings;
  }

  /** Bytes of finished trace, from its beginning. */
  get size(): number {
    return this.#takenTo + this.#pendingBytes;
  }

  /** Bytes that were taken as chunks, from the beginning, and their CRC-32 when all of them are known. */
  get taken(): { readonly size: number; readonly crc: number | undefined } {
    return { size: this.#takenTo, crc: this.#crc };
  }

  /** Bytes of the journal that were fed: where to read on. */
  get journalAt(): number {
    return this.#journalAt;
  }

  /** Finished bytes that were not taken yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get urgency(): TraceUrgency {
    return this.#urgency;
  }

  /** Is called whenever bytes were added to what is pending. One listener; a second one replaces the first. */
  onPending(listener: () => void): void {
    this.#onPending = listener;
  }

  /** Masks these phrases too, from here on, also in what is held back. */
  useMasks(masks: readonly string[]): void {
    this.#pipeline.addMasks(masks);
    this.#settings = { ...this.#settings, masks: [...this.#settings.masks, ...masks] };
    this.#recipe.spoil();
  }

  /** The manager's own text. Text with a key is said once ever, by whichever manager comes to it first. */
  say(key: string | undefined, text: string): void {
    if (key !== undefined && this.#said.has(key)) return;
    if (key !== undefined) this.#said.add(key);
    this.#recipe.say(text, this.#tick());
    this.#append(this.#pipeline.say(text));
  }

  /** The journal's next bytes. */
  script(bytes: Uint8Array): void {
    this.#journalAt += bytes.length;
    this.#recipe.script(bytes.length, this.#tick());
    this.#appendScript(this.#pipeline.script(bytes));
  }

  /** A stage's output is whole: nothing of it stays held back. A second call changes nothing. */
  endScript(): void {
    this.#recipe.end(this.#tick());
    this.#appendScript(this.#pipeline.endScript());
    if (this.#freshness === 'none') this.#freshness = 'stage';
  }

  /** Everything that was finished since the last chunk, or undefined when that is nothing. */
  takeChunk(): Chunk | undefined {
    if (this.#pendingBytes === 0) return undefined;
    const bytes = Buffer.concat(this.#pending);
    const traceFrom = this.#takenTo;
    const crcBefore = this.#crc;
    const previous = this.#previous;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#urgency = 'none';
    this.#takenTo += bytes.length;
    this.#previous = chunkName(traceFrom);
    if (crcBefore !== undefined) this.#crc = crc32(bytes, crcBefore);
    const recipe = this.#crc === undefined ? undefined : this.#recipe.finish(this.#journalAt);
    const pipeline = this.#pipeline.state();
    this.#recipe = this.#newRecipe(pipeline);
    return {
      schema: 1,
      traceFrom,
      traceTo: this.#takenTo,
      ...(crcBefore !== undefined && { crcBefore }),
      ...(this.#crc !== undefined && { crcAfter: this.#crc }),
      journalAt: this.#journalAt,
      said: [...this.#said],
      pipeline,
      isLimitReached: this.#isLimitReached,
      ...(previous !== undefined && { previous }),
      ...(recipe && { recipe }),
      bytes,
    };
  }

  /** Keys of the manager's lines so far, those of managers before among them. */
  get said(): ReadonlySet<string> {
    return this.#said;
  }

  /** The job goes on in another worker, with another journal: what was said of this one, but for keys to be kept, may be said again. */
  beginAnew(isKept: (key: string) => boolean): void {
    for (const key of this.#said) if (!isKept(key)) this.#said.delete(key);
    this.#journalAt = 0;
    this.#freshness = 'job';
    this.#recipe.spoil();
  }

  /** GitLab's trace is not ours up to `offset`: the next chunk begins there, and the checksum of the whole is unknown from here on. */
  goOnAt(offset: number): void {
    this.#takenTo = offset;
    this.#crc = undefined;
  }

  #newRecipe(pipelineBefore: PipelineState): RecipeWriter {
    return new RecipeWriter({ journalFrom: this.#journalAt, startMs: this.#settings.clock.now(), pipelineBefore });
  }

  #tick(): number {
    this.#nowMs = this.#settings.clock.now();
    return this.#nowMs;
  }

  #appendScript(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#freshness !== 'none' && this.#urgency !== 'job') this.#urgency = this.#freshness;
    this.#freshness = 'none';
    this.#append(bytes);
  }

  #append(bytes: Uint8Array): void {
    if (this.#isLimitReached || bytes.length === 0) return;
    const roomBytes = this.#limitBytes - this.size;
    this.#isLimitReached = bytes.length > roomBytes;
    const kept = this.#isLimitReached ? cutAtLimit(bytes, { roomBytes, limitBytes: this.#limitBytes }) : bytes;
    this.#pending.push(kept);
    this.#pendingBytes += kept.length;
    this.#onPending();
  }
}
