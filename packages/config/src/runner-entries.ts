import type { Path } from './finding.ts';

/** One entry of `managers_configs`, whichever shape that has. */
export interface RunnerEntry<Values> {
  readonly path: Path;
  /** Undefined when an entry of a list has none. */
  readonly name: string | undefined;
  readonly values: Values;
}

/** The entries of `managers_configs`, a map by name or a list, in the order of the document. */
export function runnerEntriesOf<Values extends { readonly manager_name?: string | undefined }>(
  runners: Readonly<Record<string, Values>> | readonly Values[],
): RunnerEntry<Values>[] {
  if (isList(runners)) return runners.map((values, at) => ({ path: ['managers_configs', at], name: values.manager_name, values }));
  return Object.entries(runners).map(([name, values]) => ({ path: ['managers_configs', name], name, values }));
}

/** Array.isArray does not narrow a read-only list. */
function isList<Item>(value: Readonly<Record<string, Item>> | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
