/** The ids of an entry that may give one, a list, or both: the single one first, each once. */
export function idsOf(one: string | undefined, many: readonly string[] | undefined): string[] {
  return [...new Set([...(one === undefined ? [] : [one]), ...(many ?? [])])];
}
