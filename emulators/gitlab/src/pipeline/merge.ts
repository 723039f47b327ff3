import type { Located, LocatedEntries, LocatedEntry } from './located-yaml.ts';

/** Two maps as one: maps within them are merged in turn, of everything else the one on `top` counts. */
export function mergeEntries(below: LocatedEntries, top: LocatedEntries): LocatedEntries {
  const merged = new Map<string, LocatedEntry>(below);
  for (const [key, entry] of top) {
    const under = below.get(key);
    merged.set(key, under ? { at: entry.at, value: mergeValues(under.value, entry.value) } : entry);
  }
  return merged;
}

function mergeValues(below: Located, top: Located): Located {
  if (below.kind !== 'map' || top.kind !== 'map') return top;
  return { kind: 'map', at: top.at, entries: mergeEntries(below.entries, top.entries) };
}
