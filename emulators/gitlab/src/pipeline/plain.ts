import type { Located, Place } from './located-yaml.ts';
import type { Plain } from './pipeline.ts';

/** Content without its places. Whole numbers that are safe become `number`. */
export function plainOf(node: Located): Plain {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' && Number.isSafeInteger(Number(node.value)) ? Number(node.value) : node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainOf(value)]));
    case 'reference':
      return `!reference [${node.path.join(', ')}]`;
  }
}

/** A value as if it stood at a place of the file. */
export function locatedAt(value: Plain, at: Place): Located {
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map((item: Plain) => locatedAt(item, at)) };
  if (isTable(value)) {
    const entries = new Map(Object.entries(value).map(([key, each]) => [key, { at, value: locatedAt(each, at) }]));
    return { kind: 'map', at, entries };
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { kind: 'scalar', at, value: BigInt(value) };
  return isScalar(value) ? { kind: 'scalar', at, value } : { kind: 'scalar', at, value: null };
}

function isTable(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: Plain): value is string | number | bigint | boolean | null {
  return value === null || typeof value !== 'object';
}
