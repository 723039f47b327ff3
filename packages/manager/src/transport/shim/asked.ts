/** What came of a question to the shim. `full`: the disk is; `again`: there may be room now. */
export type Asked<T> =
  | { readonly kind: 'ok'; readonly fields: T }
  | { readonly kind: 'full'; readonly again: boolean }
  | { readonly kind: 'stale'; readonly generation: number }
  | { readonly kind: 'lost'; readonly cause: string }
  | { readonly kind: 'broken'; readonly cause: string };
