import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type ChunkRecipe, chunkRecipeSchema, RECIPE_JOURNAL_MAX_BYTES } from './chunk-recipe.ts';
import { type PipelineState, pipelineStateSchema } from './pipeline/pipeline-state.ts';

/** Chunks come from a worker, which anyone who writes a job controls: what is larger than this is not read. */
const HEADER_MAX_BYTES = 4 * 1024 * 1024;
const CHUNK_MAX_BYTES = 64 * 1024 * 1024;
/** Below this the way to the worker costs more than the bytes. */
const RECIPE_FROM_BYTES = 4096;
const LF = 0x0a;

/** What a chunk is, without its bytes: everything a successor needs to go on behind it. Offsets are bytes. */
export interface ChunkHead {
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
}

/** A piece of finished trace. Written ahead before it is sent. */
export interface Chunk extends ChunkHead {
  /** How its bytes are made anew from the journal; absent where they can't be. */
  readonly recipe?: ChunkRecipe;
  readonly bytes: Uint8Array;
}

/** What reading a chunk came to. `recipe`: its bytes are to be made from the journal. `cause` names fields, never values. */
export type DecodedChunk =
  | { readonly kind: 'chunk'; readonly chunk: Chunk }
  | { readonly kind: 'recipe'; readonly head: ChunkHead; readonly recipe: ChunkRecipe }
  | { readonly kind: 'unreadable'; readonly cause: string };

/** The name of the chunk that begins at this trace offset: 16 digits, so that names sort as offsets do. */
export function chunkName(traceFrom: number): string {
  return String(traceFrom).padStart(16, '0');
}

/** One chunk of those that follow one another, without a recipe; undefined for none. */
export function joinChunks(chunks: readonly Chunk[]): Chunk | undefined {
  const [first] = chunks;
  const last = chunks.at(-1);
  if (!first || !last) return undefined;
  const { recipe: _recipe, crcBefore: _crc, previous: _name, ...end } = last;
  return {
    ...end,
    traceFrom: first.traceFrom,
    ...(first.crcBefore !== undefined && end.crcAfter !== undefined && { crcBefore: first.crcBefore }),
    ...(first.previous !== undefined && { previous: first.previous }),
    bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)),
  };
}

/** The same bytes at another offset, behind bytes that we don't know. */
export function moveChunk({ recipe: _recipe, crcBefore: _before, crcAfter: _after, ...chunk }: Chunk, traceFrom: number): Chunk {
  return { ...chunk, traceFrom, traceTo: traceFrom + chunk.bytes.length };
}

/** A chunk as it is kept where there is no journal: one line of JSON, then the bytes. */
export function encodeChunk(chunk: Chunk): Buffer {
  const { bytes, recipe: _, ...head } = chunk;
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]);
}

/** A chunk as it is kept beside the journal: its recipe instead of its bytes, where that is shorter. */
export function encodeBesideJournal(chunk: Chunk): Buffer {
  const encoded = chunk.bytes.length < RECIPE_FROM_BYTES ? undefined : encodeRecipe(chunk);
  return encoded && encoded.length < chunk.bytes.length ? encoded : encodeChunk(chunk);
}

/** One line of JSON with the recipe, and nothing after it; undefined for a chunk that has none. */
export function encodeRecipe({ bytes: _, ...header }: Chunk): Buffer | undefined {
  return header.recipe && Buffer.from(`${JSON.stringify(header)}\n`);
}

/**
 * Reads what was encoded here; never throws. Sizes must fit, and the checksum of bytes that are there. Schema 2 is read as far as it is
 * known, because a rolling deploy mixes two versions; a new schema may add fields, never change old ones.
 */
export function decodeChunk(encoded: Uint8Array): DecodedChunk {
  if (encoded.length > CHUNK_MAX_BYTES) return unreadable('too large');
  const headerEnd = encoded.subarray(0, HEADER_MAX_BYTES).indexOf(LF);
  if (headerEnd < 0) return unreadable('no header');
  const header = headerSchema.safeParse(parseJson(Buffer.from(encoded.subarray(0, headerEnd)).toString('utf8')));
  if (!header.success) return unreadable(header.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', '));
  const { recipe, ...rest } = header.data;
  const head: ChunkHead = { ...rest, schema: 1 };
  const bytes = encoded.subarray(headerEnd + 1);
  if (recipe) return decodedRecipe(head, recipe, bytes);
  return isOf(head, bytes) ? { kind: 'chunk', chunk: { ...head, bytes } } : unreadable('its bytes are not those its header describes');
}

/** Whether these are the bytes of that chunk: size and checksum. */
export function isOf(head: ChunkHead, bytes: Uint8Array): boolean {
  const { traceFrom, traceTo, crcBefore, crcAfter } = head;
  const crc = crcBefore === undefined ? undefined : crc32(bytes, crcBefore);
  return bytes.length === traceTo - traceFrom && crc === crcAfter;
}

function decodedRecipe(head: ChunkHead, recipe: ChunkRecipe, bytes: Uint8Array): DecodedChunk {
  const isWhole = bytes.length === 0 && head.crcAfter !== undefined;
  const isBounded = isRange(head.traceFrom, head.traceTo, CHUNK_MAX_BYTES);
  const isReadable = isRange(recipe.journalFrom, head.journalAt, RECIPE_JOURNAL_MAX_BYTES);
  return isWhole && isBounded && isReadable ? { kind: 'recipe', head, recipe } : unreadable('its recipe can not be one of its header');
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
  recipe: chunkRecipeSchema.exactOptional(),
});

function isRange(from: number, to: number, most: number): boolean {
  return from <= to && to - from <= most;
}

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
