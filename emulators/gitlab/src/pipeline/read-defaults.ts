import type { Complaints } from './complaints.ts';
import { ConfigHash } from './config-hash.ts';
import { DEFAULT_KEYWORDS, OLD_DEFAULTS } from './keyword.ts';
import type { Located, LocatedEntries, LocatedEntry } from './located-yaml.ts';
import { readJob } from './read-job.ts';

/** What jobs take from the rest of the file unless they say otherwise. */
export function readDefaults(root: LocatedEntries, complaints: Complaints): LocatedEntries {
  const old = [...root].filter(([key]) => OLD_DEFAULTS.includes(key));
  const node = root.get('default');
  const hash = node && ConfigHash.of(node.value, 'default', complaints);
  hash?.allow(DEFAULT_KEYWORDS);
  for (const [key] of old) {
    const twice = hash?.entry(key);
    if (twice) complaints.invalid(twice.at, `${key} is defined in top-level and \`default:\` entry`);
  }
  return new Map([...old, ...(hash?.entries ?? [])]);
}

/** Complains of what is wrong with the defaults, once, and by their own name. */
export function checkDefaults(defaults: LocatedEntries, complaints: Complaints): void {
  const [first] = defaults.values();
  if (!first) return;
  const script: LocatedEntry = { at: first.at, value: { kind: 'scalar', at: first.at, value: 'true' } };
  const entries = new Map([...defaults, ['script', script]]);
  readJob('default', { at: first.at, entries, inheritsVariables: true, place: 'default' }, complaints);
}

/** Which defaults and variables a job takes: `inherit`. */
export function inheritance(
  job: LocatedEntries,
  place: string,
  complaints: Complaints,
): { readonly defaults: (key: string) => boolean; readonly variables: boolean | readonly string[] } {
  const node = job.get('inherit')?.value;
  const hash = node && ConfigHash.of(node, `${place}:inherit`, complaints);
  hash?.allow(['default', 'variables']);
  const defaults = choice(hash?.node('default'), hash, 'default');
  return {
    defaults: (key) => (typeof defaults === 'boolean' ? defaults : defaults.includes(key)),
    variables: choice(hash?.node('variables'), hash, 'variables'),
  };
}

function choice(node: Located | undefined, hash: ConfigHash | undefined, key: string): boolean | readonly string[] {
  if (!node) return true;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  if (node.kind === 'list') return hash?.strings(key) ?? true;
  hash?.wrong(key, 'should be a boolean value or an array of strings');
  return true;
}
