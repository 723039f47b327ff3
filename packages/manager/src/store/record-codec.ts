import { z } from 'zod';
import type { JobRecord } from './job-record.ts';
import { keepUnknown } from './keep-unknown.ts';
import { recordSchema } from './record-schema.ts';
import { type Tombstone, tombstoneSchema } from './tombstone.ts';

/**
 * A record as the text that stores keep: JSON, schema 1. This is the only place where secrets leave their `Secret`. A record
 * whose phase is `done` becomes a tombstone, dated `now` (milliseconds since the epoch), which holds nothing secret.
 */
export function encodeRecord(record: JobRecord, now: number): string {
  if (record.phase === 'done') return JSON.stringify(tombstoneOf(record, now));
  return JSON.stringify({
    ...record,
    jobToken: record.jobToken.reveal(),
    clientKey: record.clientKey.reveal(),
    nonce: record.nonce.reveal(),
    ...(record.secrets && { secrets: record.secrets.map((secret) => ({ ...secret, value: secret.value.reveal() })) }),
  });
}

/** What a stored text says. `cause` names fields, never values. */
export type DecodedRecord =
  | { readonly kind: 'record'; readonly record: JobRecord }
  | { readonly kind: 'tombstone'; readonly tombstone: Tombstone }
  | { readonly kind: 'unreadable'; readonly cause: string };

/**
 * Reads a stored text; never throws. Schema 2 is read as far as it is known, because a rolling deploy mixes two versions: fields
 * that this version doesn't know stay on the record and are written back. So a new schema may add fields, never change old ones.
 */
export function decodeRecord(text: string): DecodedRecord {
  const stored = parseJson(text);
  if (stored === undefined) return { kind: 'unreadable', cause: text === '' ? 'empty' : 'not JSON' };
  const phase = z.object({ phase: z.literal('done') }).safeParse(stored);
  if (phase.success) {
    const tombstone = tombstoneSchema.safeParse(stored);
    return tombstone.success ? { kind: 'tombstone', tombstone: tombstone.data } : unreadable(tombstone.error);
  }
  const result = recordSchema.safeParse(stored);
  if (!result.success) return unreadable(result.error);
  const record: JobRecord = result.data;
  return { kind: 'record', record: keepUnknown(record, stored) };
}

/**
 * Whether `text` is what writing this record gives. A caller whose write ended in an error tries it again: finding it done is its
 * success, not a conflict.
 */
export function isTextOf(text: string, record: JobRecord): boolean {
  const stored = decodeRecord(text);
  return text === encodeRecord(record, stored.kind === 'tombstone' ? stored.tombstone.doneAt : 0);
}

function tombstoneOf(record: JobRecord, now: number): Tombstone {
  return {
    schema: 1,
    phase: 'done',
    jobId: record.jobId,
    runner: record.runner,
    deployment: record.deployment,
    generation: record.generation,
    acceptedAt: record.acceptedAt,
    doneAt: now,
    ...(record.ending && { ending: record.ending }),
  };
}

/** The parser's own message quotes the text, which holds secrets: it goes no further. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(error: z.ZodError): DecodedRecord {
  return { kind: 'unreadable', cause: error.issues.map((issue) => `${issue.path.join('.') || 'record'}: ${issue.message}`).join('; ') };
}
