import type { Complaints } from './complaints.ts';
import { durationSeconds } from './duration.ts';
import type { Located, LocatedEntry } from './located-yaml.ts';
import { readScript } from './read-script.ts';

/** What `default` and jobs may both say. Undefined: not said. */
export interface SharedSettings {
  readonly beforeScript: readonly string[] | undefined;
  readonly afterScript: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
  readonly timeoutSeconds: number | undefined;
}

type Entries = ReadonlyMap<string, LocatedEntry>;

/** Reads what `default` and jobs have in common. `name` is how GitLab calls the place: `default`, `jobs:test`, or nothing at the top. */
export function readSettings(entries: Entries, name: string, complaints: Complaints): SharedSettings {
  const script = (key: string) => {
    const node = entries.get(key)?.value;
    return node && readScript(node, name === '' ? key : `${name}:${key}`, complaints);
  };
  const image = entries.get('image');
  if (image) complaints.note(image.at, 'image is accepted and ignored');
  return {
    beforeScript: script('before_script'),
    afterScript: script('after_script'),
    tags: readTags(entries.get('tags')?.value, name, complaints),
    timeoutSeconds: readTimeout(entries.get('timeout')?.value, name, complaints),
  };
}

/** Names every key that is unknown to GitLab, or not yet known here. */
export function complainOfKeys(
  entries: Entries,
  known: { readonly name: string; readonly read: readonly string[]; readonly notYet: readonly string[] },
  complaints: Complaints,
): void {
  for (const [key, { at }] of entries) {
    if (known.read.includes(key)) continue;
    if (known.notYet.includes(key)) complaints.notYet(at, `${known.name}:${key}`);
    else complaints.invalid(at, `${known.name} config contains unknown keys: ${key}`);
  }
}

/** A list of strings, or undefined if it is something else. */
export function stringList(node: Located): readonly string[] | undefined {
  if (node.kind !== 'list') return undefined;
  const words = node.items.map((item) => (item.kind === 'scalar' && typeof item.value === 'string' ? item.value : undefined));
  return words.every((word) => word !== undefined) ? words : undefined;
}

function readTags(node: Located | undefined, name: string, complaints: Complaints): readonly string[] | undefined {
  if (!node) return undefined;
  const tags = stringList(node);
  if (!tags) complaints.invalid(node.at, `${name}:tags config should be an array of strings`);
  return tags;
}

function readTimeout(node: Located | undefined, name: string, complaints: Complaints): number | undefined {
  if (!node) return undefined;
  const seconds = node.kind === 'scalar' && node.value !== null ? durationSeconds(String(node.value)) : undefined;
  if (seconds === undefined || seconds === 0) complaints.invalid(node.at, `${name} timeout should be a duration`);
  return seconds;
}
