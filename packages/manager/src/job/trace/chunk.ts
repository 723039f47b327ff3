import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type PipelineState, pipelineStateSchema } from './pipeline/pipeline-state.ts';

/** Chunks come from a worker, which anyone who writes a job controls: what is larger than this is not read. */
const HEADER_MAX_BYTES = 4 * 1024 * 1024;
const CHUNK_MAX_BYTES = 64 * 1024 * 1024;
const LF = 0x0a;

/**
 * A piece of finished trace, with everything a successor needs to go on behind it. Written ahead before it is sent. Offsets are bytes.
 */
export interface Chunk {
  readonly schema: 1;
  readonly traceFrom: number;
  readonly traceTo: number;
  /** CRC-32 (IEEE, unsigned) of the whole trace up to `traceFrom` and up to `traceTo`; absent after bytes that we don't know. */
  readonly crcBefore?: number;
  readonly crcAfter?: number;
  /** Bytes of the journal that are in the trace or held in `pipeline`. */
  readonly journalAt: number;
  /** Keys of the manager's lines up to here: they are not said again. */
  readonly said: readonly string[];
  readonly pipeline: PipelineState;
  /** The output limit is reached: the trace ends with this chunk. */
  readonly isLimitReached: boolean;
  /** Name of the chunk before this one. */
  readonly previous?: string;
  readonly bytes: Uint8Array;
}

/** What reading a chunk came to. `cause` names fields, never values. */
export type DecodedChunk = { readonly kind: 'chunk'; readonly chunk: Chunk } | { readonly kind: 'unreadable'; readonly cause: string };

/** The name of the chunk that begins at this trace offset: 16 digits, so that names sort as offsets do. */
export function chunkName(traceFrom: number): string {
  return String(traceFrom).padStart(16, '0');
}

/** A chunk as it is kept: one line of JSON, then the bytes. */
export function encodeChunk(chunk: Chunk): Buffer {
  const { bytes, ...header } = chunk;
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bytes]);
}

/**
 * Reads what `encodeChunk` wrote; never throws. Size and checksum must fit. Schema 2 is read as far as it is known, because a rolling
 * deploy mixes two versions; a new schema may add fields, never change old ones.
 */
export function decodeChunk(encoded: Uint8Array): DecodedChunk {
  if (encoded.length > CHUNK_MAX_BYTES) return unreadable('too large');
  const headerEnd = encoded.subarray(0, HEADER_MAX_BYTES).indexOf(LF);
  if (headerEnd < 0) return unreadable('no header');
  const header = headerSchema.safeParse(parseJson(Buffer.from(encoded.subarray(0, headerEnd)).toString('utf8')));
  if (!header.success) return unreadable(header.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', '));
  const chunk: Chunk = { ...header.data, schema: 1, bytes: encoded.subarray(headerEnd + 1) };
  const { traceFrom, traceTo, crcBefore, crcAfter, bytes } = chunk;
  if (bytes.length !== traceTo - traceFrom) return unreadable('its size is not what its header says');
  const expected = crcBefore === undefined ? undefined : crc32(bytes, crcBefore);
  if (expected !== crcAfter) return unreadable('its checksum is not what its header says');
  return { kind: 'chunk', chunk };
}

const offset = z.int().min(0);
const checksum = z.int().min(0).max(0xffffffff);
const headerSchema = z.object({
  schema: z.union([z.literal(1), z.literal(2)]),
  traceFrom: offset,
  traceTo: offset,
  crcBefore: checksum.exactOptional(),
  crcAfter: checksum.exactOptional(),
  journalAt: offset,
  said: z.array(z.string().max(1000)).max(10_000),
  pipeline: pipelineStateSchema,
  isLimitReached: z.boolean(),
  previous: z
    .string()
    .regex(/^\d{16}$/)
    .exactOptional(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(cause: string): DecodedChunk {
  return { kind: 'unreadable', cause };
}
