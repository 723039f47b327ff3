import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What `transform` makes of the bytes, no faster than it is read. Throws what either of them throws. Whoever stops early lets both go. */
export async function* through(bytes: AsyncIterable<Uint8Array>, transform: Transform): AsyncIterable<Uint8Array> {
  const fed = pipeline(bytes, transform);
  fed.catch(() => undefined);
  for await (const piece of transform) if (piece instanceof Uint8Array) yield piece;
  await fed;
}
