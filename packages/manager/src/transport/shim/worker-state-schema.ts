import { z } from 'zod';
import { isRunStage } from './run-name.ts';

/** Bytes or an offset. */
const bytes = z.int().nonnegative();
const text = z.string().max(4096);

/** How a stage ended, as the shim says it. */
export const stageEndSchema = z.object({
  code: z.int().min(0).max(255),
  cause: z.enum(['exit', 'deadline', 'signal']),
  journalEnd: bytes,
  discarded: bytes,
});

/** How a piped script ended. */
export const pipeEndSchema = z.object({ code: z.int().min(0).max(255) });

/** What `open` answers. Stages bear the names they have in file names. */
export const workerStateSchema = z.object({
  version: z.int().positive(),
  nonce: text,
  hostname: text,
  home: text,
  nowS: z.int().nonnegative(),
  shell: text.regex(/^\//),
  isBash: z.boolean(),
  hasGit: z.boolean(),
  journalSize: bytes,
  lastChunk: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .exactOptional(),
  verbs: z.array(z.string().max(32)).max(100).default([]),
  tools: z.array(z.string().max(32)).max(100).default([]),
  stages: z
    .array(z.object({ stage: z.string().refine(isRunStage), attempt: z.int().positive(), end: stageEndSchema.exactOptional() }))
    .max(1000),
});
