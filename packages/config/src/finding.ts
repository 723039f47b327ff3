import type { ConfigCode } from './problem-codes.ts';

/** Keys and list indices from the top of a document down to one value. */
export type Path = readonly (string | number)[];

/** A place as a person reads it (`runners.yaml:12:5 managers_configs.dev.limit`), and where it stands among the others. */
export interface Place {
  readonly label: string;
  readonly order: number;
}

/**
 * Something that a check has found. The row of its code says the rest; `what`, `allowed` and `cure` replace what the row says where
 * the check knows better.
 */
export interface Finding {
  readonly code: ConfigCode;
  readonly path: Path;
  /** Where it is, when the path does not lead there. */
  readonly place?: Place;
  /** The value at fault. Left out, it is looked up at `path`; `false` keeps it out of the message. */
  readonly given?: string | false;
  /** The key beside this one that was probably meant: what is missing there is missing because of this. */
  readonly meant?: string;
  readonly what?: string;
  readonly allowed?: string;
  readonly cure?: string;
}

/** The path as it is written in messages: `managers_configs.dev.tags[0]`. */
export function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}
