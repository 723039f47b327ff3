import type { PlacementFailure } from '../fleet.ts';

/** Where words about a failure come from: `failures[]`, a stopped task, an exception, a try to reach the worker by SSH. */
export type FailureSource = 'failure' | 'stop' | 'exception' | 'connect';

/** One row: the first one of its source whose `pattern` is found in the words applies. `example` is such words, for the test. */
export interface ClassificationRow {
  readonly source: FailureSource;
  readonly pattern: RegExp;
  readonly example: string;
  readonly failure: PlacementFailure;
}

/** The rows of one source, in the order in which they are tried. */
export function rows(source: FailureSource, table: readonly (readonly [RegExp, string, PlacementFailure])[]): ClassificationRow[] {
  return table.map(([pattern, example, what]) => ({ source, pattern, example, failure: what }));
}
