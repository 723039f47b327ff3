import { z } from 'zod';

/** A stretch of bytes in base64. Bounded by the chunk's header, which is bounded itself. */
const bytes = z.base64();
const phrases = z.object({ held: bytes, covered: z.int().min(0) });
const run = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('seeking'), tail: bytes }),
  z.object({ kind: z.literal('run'), isMarked: z.boolean() }),
]);
const line = z.object({ held: bytes, isContinued: z.boolean() });
const stream = z.object({ utf8: bytes, phrases, parameters: run, tokens: run, line }).readonly();

/** The shape of a pipeline's state as it stands in a chunk. */
export const pipelineStateSchema = z.object({ manager: stream, script: stream }).readonly();

/** Everything a pipeline holds between two buffers. JSON-safe; may contain the beginning of a secret. */
export type PipelineState = z.infer<typeof pipelineStateSchema>;
