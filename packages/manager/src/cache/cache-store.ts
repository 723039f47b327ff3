import type { CacheLink } from '../shell/cache/cache-links.ts';

/** Whose cache it is. */
export interface CachePlace {
  /** The first characters of the runner's token, as GitLab shows them. */
  readonly shortToken: string;
  readonly projectId: string;
  /** Sanitised: no part of it is empty, `.` or `..`. */
  readonly key: string;
}

/** What a link is for. `lifeS`: seconds for which it works. */
export interface LinkWish {
  readonly direction: 'read' | 'write';
  readonly lifeS: number;
}

/**
 * The operator's storage for caches. The manager moves no cache itself: it hands out links with which a worker reads or writes one object.
 */
export interface CacheStore {
  /** Throws when the storage's credentials are not to be had, with a sentence for the job's log. */
  link(place: CachePlace, wish: LinkWish): Promise<CacheLink>;
}
