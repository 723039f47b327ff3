/** A `CI_*` variable that GitLab itself adds, with its row of the reference page. Undefined value: the variable is not there. */
export interface PredefinedVariable<S> {
  readonly key: string;
  readonly meaning: string;
  readonly value: (surroundings: S) => string | undefined;
}

/** Those of the variables that are there, with their values. */
export function valuesOf<S>(variables: readonly PredefinedVariable<S>[], surroundings: S): Readonly<Record<string, string>> {
  const values = variables.flatMap(({ key, value }): [string, string][] => {
    const text = value(surroundings);
    return text === undefined ? [] : [[key, text]];
  });
  return Object.fromEntries(values);
}

/** Lower case, everything but letters and digits a hyphen, at most 63 characters, no hyphen at the ends. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
