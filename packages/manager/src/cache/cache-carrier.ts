import type { CacheLink } from '../shell/cache/cache-links.ts';

/** What became of one try. `again`: the next one may do better. */
export type CarryVerdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused' | 'again'; readonly cause: string };

/** Carries archives between S3 and whoever can't reach it by himself: streams, of which nothing is kept. */
export interface CacheCarrier {
  /** Hands the object to `take`. Throws what `take` throws, and the signal's reason. */
  read(link: CacheLink, take: (content: AsyncIterable<Uint8Array>) => Promise<void>, signal: AbortSignal): Promise<CarryVerdict>;
  /** Writes so many bytes. Throws what `content` throws, and the signal's reason. */
  write(
    link: CacheLink,
    archive: { readonly bytes: number; readonly content: AsyncIterable<Uint8Array> },
    signal: AbortSignal,
  ): Promise<CarryVerdict>;
}
