import { z } from 'zod';

const stored = z.object({ schema: z.literal(1), id: z.string().regex(/^[0-9a-f]{24}$/) });

/** The id of a store as it is kept: JSON text. */
export function encodeStoreId(id: string): string {
  return JSON.stringify({ schema: 1, id });
}

/** Reads what encodeStoreId wrote. Throws when it is anything else. */
export function decodeStoreId(text: string): string {
  return stored.parse(JSON.parse(text)).id;
}
