import type { Complaints } from './complaints.ts';
import { stringList, textOf } from './config-hash.ts';
import type { LocatedEntries, LocatedEntry } from './located-yaml.ts';
import { mergeEntries } from './merge.ts';

/** How many bases may stand on one another. */
const MAX_DEPTH = 11;

/** Puts what jobs extend into them: maps are merged in depth, of several bases the last one counts most, the job itself even more. */
export function resolveExtends(root: LocatedEntries, complaints: Complaints): LocatedEntries {
  const resolver = new Resolver(root, complaints);
  return new Map([...root].map(([key, entry]) => [key, resolver.resolve(key, entry)]));
}

class Resolver {
  readonly #root: LocatedEntries;
  readonly #complaints: Complaints;
  readonly #done = new Map<string, LocatedEntry>();
  readonly #open = new Set<string>();

  constructor(root: LocatedEntries, complaints: Complaints) {
    this.#root = root;
    this.#complaints = complaints;
  }

  resolve(key: string, entry: LocatedEntry): LocatedEntry {
    const known = this.#done.get(key);
    if (known) return known;
    if (entry.value.kind !== 'map' || !entry.value.entries.has('extends')) return entry;
    this.#open.add(key);
    const resolved = this.#extended(key, entry, entry.value.entries);
    this.#open.delete(key);
    this.#done.set(key, resolved);
    return resolved;
  }

  #extended(key: string, entry: LocatedEntry, own: LocatedEntries): LocatedEntry {
    const bases = this.#bases(key, own).map((base) => this.#base(key, base, own));
    const below = bases.reduce<LocatedEntries>((merged, base) => mergeEntries(merged, base), new Map());
    const entries = new Map(mergeEntries(below, own));
    entries.delete('extends');
    return { at: entry.at, value: { kind: 'map', at: entry.value.at, entries } };
  }

  #bases(key: string, own: LocatedEntries): readonly string[] {
    const node = own.get('extends')?.value;
    if (!node) return [];
    const one = textOf(node);
    const bases = one === undefined ? stringList(node) : [one];
    if (!bases) this.#complaints.invalid(node.at, ' extends should be an array of strings or a string', `jobs:${key}`);
    return bases ?? [];
  }

  #base(key: string, base: string, own: LocatedEntries): LocatedEntries {
    const at = own.get('extends')?.value.at ?? { file: '', line: 1, column: 1 };
    const entry = this.#root.get(base);
    const problem = this.#problem(base, entry);
    if (problem !== undefined) this.#complaints.invalid(at, `: ${problem}`, key);
    if (problem !== undefined || !entry) return new Map();
    const { value } = this.resolve(base, entry);
    return value.kind === 'map' ? value.entries : new Map();
  }

  #problem(base: string, entry: LocatedEntry | undefined): string | undefined {
    if (!entry) return `unknown keys in \`extends\` (${base})`;
    if (entry.value.kind !== 'map') return `invalid base hash in \`extends\` (${base})`;
    if (this.#open.has(base)) return 'circular dependency detected in `extends`';
    return this.#open.size >= MAX_DEPTH ? 'nesting too deep in `extends`' : undefined;
  }
}
