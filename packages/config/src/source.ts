import type { Finding, Path, Place } from './finding.ts';

/** A document that came in through one of the doors, with all that is needed to point into it. */
export interface Source {
  /** What the report calls it: a file as the person named it, or `the environment`. */
  readonly name: string;
  /** Relative paths in the document start here. */
  readonly folder: string;
  readonly value: unknown;
  /** Found on the way in, beside which the rest of the document can still be judged. */
  readonly findings: readonly Finding[];
  locate(path: Path): Place;
}

/** A document, or the reasons why there is none; each of those knows its place. */
export type Opened =
  | { readonly kind: 'opened'; readonly source: Source }
  | { readonly kind: 'closed'; readonly name: string; readonly findings: readonly Finding[] };
