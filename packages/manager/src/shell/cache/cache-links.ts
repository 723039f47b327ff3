/** An address with its permission in it: whoever has it may do one thing with one object, for some time. A secret. */
export interface CacheLink {
  readonly url: string;
  /** Headers that must be sent along, exactly. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * How a stage reaches the caches it was made for. `none`: the operator has no cache; `unreachable`: there is one, and no link to it was to be
 * had. `links` are by key: to read in `restore_cache`, to write in `archive_cache`.
 */
export type CacheLinks =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreachable'; readonly cause: string }
  | { readonly kind: 'links'; readonly links: ReadonlyMap<string, CacheLink> };
