import type { BenchRigs } from './bench-rigs.ts';

/** What a value must be: `below` or `above` a limit in the row's unit. */
interface Target {
  readonly must: 'below' | 'above';
  readonly limit: number;
}

/** One line of the table: one value per run. Without a target it is only reported. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly target?: Target;
  readonly values: readonly number[];
}

/** What a figure came to. `details`: anything else worth keeping, JSON-safe. */
export interface Reading {
  readonly rows: readonly Row[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a figure is measured with. `quick`: only to see that it works; its values mean nothing. */
export interface Means {
  readonly quick: boolean;
  readonly rigs: BenchRigs;
}

/** One figure we hold ourselves to. `name` is what `--only` takes and the name of its file. */
export interface Figure {
  readonly name: string;
  /** Gives up after this long. */
  readonly withinMs: number;
  measure(means: Means): Promise<Reading>;
}
