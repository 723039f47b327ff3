import { z } from 'zod';
import { type PipelineState, pipelineStateSchema } from './pipeline/pipeline-state.ts';

/** More than this of journal is not read into memory for one chunk. Bytes. */
export const RECIPE_JOURNAL_MAX_BYTES = 32 * 1024 * 1024;
/** A recipe of more steps is no shorter than what it makes. */
const STEPS_MAX = 10_000;

/**
 * One thing that was fed to the trace: so many bytes of the journal, a text of the manager, the end of a stage's output. The last member
 * is the wall clock's milliseconds since the step before, because the time of day is part of the trace.
 */
export type RecipeStep =
  | readonly [what: 'script', bytes: number, afterMs: number]
  | readonly [what: 'say', text: string, afterMs: number]
  | readonly [what: 'end', afterMs: number];

/**
 * How the bytes of a chunk came to be: what the pipeline held, and what was fed to it, in the same pieces at the same times. With the
 * journal it makes the same bytes again, so that they need not be sent to the worker that printed them.
 *
 * Gotcha: what a pipeline makes of given bytes is part of the contract; see the samples in `recipe-samples.test.ts`.
 */
export interface ChunkRecipe {
  readonly journalFrom: number;
  /** Wall clock that the first step counts from. */
  readonly startMs: number;
  readonly pipelineBefore: PipelineState;
  readonly steps: readonly RecipeStep[];
}

const ms = z.int();
const step = z
  .union([
    z.tuple([z.literal('script'), z.int().min(1), ms]).readonly(),
    z.tuple([z.literal('say'), z.string(), ms]).readonly(),
    z.tuple([z.literal('end'), ms]).readonly(),
  ])
  .readonly();

/** The shape of a recipe in the header of a chunk. */
export const chunkRecipeSchema = z
  .object({
    journalFrom: z.int().min(0),
    startMs: ms,
    pipelineBefore: pipelineStateSchema,
    steps: z.array(step).max(STEPS_MAX).readonly(),
  })
  .readonly();

/** Writes a recipe while the trace grows. Begun anew with every chunk. */
export class RecipeWriter {
  readonly #start: { readonly journalFrom: number; readonly startMs: number; readonly pipelineBefore: PipelineState };
  readonly #steps: RecipeStep[] = [];
  #lastMs: number;
  #isPossible = true;

  constructor(start: { readonly journalFrom: number; readonly startMs: number; readonly pipelineBefore: PipelineState }) {
    this.#start = start;
    this.#lastMs = start.startMs;
  }

  script(bytes: number, nowMs: number): void {
    if (bytes > 0) this.#add(['script', bytes, this.#since(nowMs)]);
  }

  say(text: string, nowMs: number): void {
    this.#add(['say', text, this.#since(nowMs)]);
  }

  end(nowMs: number): void {
    this.#add(['end', this.#since(nowMs)]);
  }

  /** Something happened that a recipe can't tell: this chunk has none. */
  spoil(): void {
    this.#isPossible = false;
    this.#steps.length = 0;
  }

  /** The recipe of everything since the start, or undefined when there is none. */
  finish(journalAt: number): ChunkRecipe | undefined {
    const isReadable = journalAt - this.#start.journalFrom <= RECIPE_JOURNAL_MAX_BYTES;
    return this.#isPossible && isReadable ? { ...this.#start, steps: this.#steps } : undefined;
  }

  #since(nowMs: number): number {
    const afterMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    return afterMs;
  }

  #add(step: RecipeStep): void {
    if (!this.#isPossible) return;
    this.#steps.push(step);
    if (this.#steps.length > STEPS_MAX) this.spoil();
  }
}
