/**
 * One variable as the job gets it. `value` is final; for a file variable it is the content, and the environment holds the path
 * instead. `isRaw`: it was not expanded.
 */
export interface ResolvedVariable {
  readonly key: string;
  readonly value: string;
  readonly isFile: boolean;
  readonly isMasked: boolean;
  readonly isRaw: boolean;
}

/** The value of `key` in an ordered list: the last definition wins. A file variable gives its content. */
export function valueIn(variables: readonly ResolvedVariable[], key: string): string | undefined {
  return variables.findLast((variable) => variable.key === key)?.value;
}
