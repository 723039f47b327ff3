import type { Lookup } from './expansion.ts';
import type { ResolvedVariable } from './resolved-variable.ts';

/**
 * What `$NAME` stands for in a text of the job: the value of the variable, or the path if it is a file variable, whose content is not to stand
 * in scripts and logs. The last definition wins. Every text of a stage is expanded by this; the names of secrets,
 * which are asked for before there is a worker with files, are not (`job/job-secrets/resolving-secrets.ts`).
 */
export function referencesTo(variables: readonly Referable[], tmpDir: string): Lookup {
  const values = new Map(variables.map(({ key, value, isFile }) => [key, isFile ? `${tmpDir}/${key}` : value]));
  return (name) => values.get(name);
}

type Referable = Pick<ResolvedVariable, 'key' | 'value' | 'isFile'>;
