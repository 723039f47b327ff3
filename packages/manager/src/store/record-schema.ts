import { Secret } from '@fargate-gitlab-runner/kernel';
import { parseJobPayload } from '@fargate-gitlab-runner/protocol';
import { z } from 'zod';
import { endingSchema } from './ending-schema.ts';

const secret = z.string().transform((text) => new Secret(text));

const payload = z.unknown().transform((stored, context) => {
  const parsed = parseJobPayload(JSON.stringify(stored) ?? '');
  if (parsed.kind === 'job') return parsed.job;
  for (const problem of parsed.problems) context.addIssue(problem);
  return z.NEVER;
});

const placement = z.object({
  id: z.string(),
  region: z.string(),
  request: z.string(),
  taskArn: z.string().exactOptional(),
  failure: z.string().exactOptional(),
  elsewhere: z.boolean().exactOptional(),
  otherSubnets: z.boolean().exactOptional(),
  wasServing: z.boolean().exactOptional(),
});

const worker = z.object({
  placementId: z.string(),
  host: z.string(),
  port: z.int(),
  hostKey: z.string(),
  proof: z.enum(['proved', 'unverified']),
});

const stage = z.object({
  stage: z.string(),
  attempt: z.int(),
  deadlineAt: z.number(),
  limit: z.enum(['job', 'script', 'after_script']),
  end: z.object({ code: z.int(), cause: z.enum(['exit', 'deadline', 'signal']), journalEnd: z.int().nonnegative() }).exactOptional(),
});

/** A record that is not a tombstone, as it is stored: JobRecord with its secrets in clear. Schema 2 is the next version's. */
export const recordSchema = z.object({
  schema: z.union([z.literal(1), z.literal(2).transform(() => 1 as const)]),
  jobId: z.string(),
  runner: z.string(),
  deployment: z.string(),
  owner: z.string(),
  generation: z.int(),
  acceptedAt: z.number(),
  deadlineAt: z.number(),
  payload,
  jobToken: secret,
  clientKey: secret,
  publicKey: z.string(),
  nonce: secret,
  concurrentId: z.int().exactOptional(),
  secrets: z.array(z.object({ key: z.string(), value: secret, isFile: z.boolean() })).exactOptional(),
  placements: z.array(placement),
  worker: worker.exactOptional(),
  stages: z.array(stage),
  chunks: z.array(z.object({ name: z.string(), encoded: z.string() })),
  ending: endingSchema.exactOptional(),
  phase: z.enum(['driving', 'reporting', 'reclaiming']),
});
