import { FAILURE_REASONS } from '@fargate-gitlab-runner/protocol';
import { z } from 'zod';

/** An ending as it is stored. */
export const endingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded') }),
  z.object({ kind: z.literal('failed'), reason: z.enum(FAILURE_REASONS), exitCode: z.int().exactOptional(), detail: z.string() }),
  z.object({ kind: z.literal('canceled'), detail: z.string() }),
  z.object({ kind: z.literal('dropped'), detail: z.string() }),
]);
