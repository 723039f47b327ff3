/** What is known of a worker from first contact on. */
interface CacheMeans {
  readonly tools: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Who moves the archives of the cache: the worker with curl or, where it has none at first contact, its manager. A worker whose shim is
 * from before relays says what it lacks, and goes on without a cache.
 */
export function cacheWay({ tools, verbs }: CacheMeans): 'worker' | 'relay' {
  return !tools.includes('curl') && verbs.includes('pipe') && verbs.includes('put') ? 'relay' : 'worker';
}
