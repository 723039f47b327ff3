import { z } from 'zod';
import { endingSchema } from './ending-schema.ts';

/** What is left of a record whose job is over: enough to refuse the job a second time and to say how it ended. */
export const tombstoneSchema = z.object({
  schema: z.union([z.literal(1), z.literal(2).transform(() => 1 as const)]),
  phase: z.literal('done'),
  jobId: z.string(),
  runner: z.string(),
  deployment: z.string(),
  generation: z.int(),
  acceptedAt: z.number(),
  /** When the record became a tombstone, in milliseconds since the epoch: its age decides when it is swept. */
  doneAt: z.number(),
  ending: endingSchema.exactOptional(),
});

/** A parsed tombstone. */
export type Tombstone = Readonly<z.output<typeof tombstoneSchema>>;
