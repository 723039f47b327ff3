/** Middle and extremes of some values. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws when there are no values: a figure without a run is a mistake. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted.at(0), sorted.at(-1)];
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) throw new Error('there are no values');
  return { median: (low + high) / 2, min, max };
}

/** The middle value. */
export function medianOf(values: readonly number[]): number {
  return spreadOf(values).median;
}

/** The value that so large a part of the values (0 to 1) does not exceed. Throws when there are none. */
export function quantileOf(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new Error('there are no values');
  return value;
}
