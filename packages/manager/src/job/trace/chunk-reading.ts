import { type Chunk, chunkName, decodeChunk } from './chunk.ts';
import { makeAgain } from './chunk-remaking.ts';
import type { ChunkSink } from './chunk-sink.ts';
import type { JobTraceSettings } from './job-trace.ts';

/** A kept chunk with its bytes, made again from the journal if need be; undefined when it can't be had or is not what its name says. */
export async function readChunk(
  name: string,
  of: { readonly sink: ChunkSink; readonly settings: JobTraceSettings },
): Promise<Chunk | undefined> {
  const encoded = await of.sink.fetch(name);
  const decoded = encoded && decodeChunk(encoded);
  if (!decoded || decoded.kind === 'unreadable') return undefined;
  const { traceFrom } = decoded.kind === 'chunk' ? decoded.chunk : decoded.head;
  if (chunkName(traceFrom) !== name) return undefined;
  if (decoded.kind === 'chunk') return decoded.chunk;
  const { head, recipe } = decoded;
  const journal = await of.sink.journal(recipe.journalFrom, head.journalAt);
  return journal && makeAgain(of.settings, { head, recipe, journal });
}
