import { type Chunk, type ChunkHead, isOf } from './chunk.ts';
import type { ChunkRecipe, RecipeStep } from './chunk-recipe.ts';
import { JobTrace, type JobTraceSettings } from './job-trace.ts';

/** A chunk without its bytes, and the journal between its recipe's `journalFrom` and its own `journalAt`. */
export interface ChunkIngredients {
  readonly head: ChunkHead;
  readonly recipe: ChunkRecipe;
  readonly journal: Uint8Array;
}

/**
 * Makes a chunk again by its recipe. Undefined when it doesn't come out as it was, which its checksum tells: the journal is another, or
 * who made it masked by other rules.
 */
export function makeAgain(settings: JobTraceSettings, of: ChunkIngredients): Chunk | undefined {
  const { head, recipe, journal } = of;
  let nowMs = recipe.startMs;
  const before: ChunkHead = {
    ...head,
    traceTo: head.traceFrom,
    journalAt: 0,
    said: [],
    isLimitReached: false,
    pipeline: recipe.pipelineBefore,
  };
  const trace = new JobTrace({ ...settings, clock: { now: () => nowMs } }, before);
  for (const step of recipe.steps) {
    nowMs += step[0] === 'end' ? step[1] : step[2];
    feed(trace, step, journal);
  }
  const { bytes } = trace.takeChunk() ?? { bytes: new Uint8Array() };
  return trace.journalAt === journal.length && isOf(head, bytes) ? { ...head, bytes } : undefined;
}

function feed(trace: JobTrace, step: RecipeStep, journal: Uint8Array): void {
  switch (step[0]) {
    case 'script':
      trace.script(journal.subarray(trace.journalAt, trace.journalAt + step[1]));
      return;
    case 'say':
      trace.say(undefined, step[1]);
      return;
    default:
      trace.endScript();
  }
}
