import type { Complaints } from './complaints.ts';
import { expandText } from './expand-variables.ts';
import type { Located, LocatedEntry, Place } from './located-yaml.ts';
import type { Plain } from './pipeline.ts';
import { locatedAt } from './plain.ts';

/** What `$[[ … ]]` may name, and what its functions know. */
export interface Interpolation {
  readonly inputs: ReadonlyMap<string, Plain>;
  readonly variables: (name: string) => string | undefined;
  readonly complaints: Complaints;
}

const BLOCK = /\$\[\[([^\n]*?)\]\]/g;
const MAX_FUNCTIONS = 3;

/**
 * Puts inputs in the place of `$[[ inputs.name ]]` and `$[[ inputs.name | function ]]`, in keys and values. A text that is nothing but one
 * block becomes the value itself, list or number.
 */
export function interpolate(node: Located, using: Interpolation): Located {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes('$[[') ? interpolateText(node.value, node.at, using) : node;
    case 'list':
      return { ...node, items: node.items.map((item) => interpolate(item, using)) };
    case 'map': {
      const entries = [...node.entries].map(([key, { at, value }]): [string, LocatedEntry] => [
        key.includes('$[[') ? keyText(interpolateText(key, at, using)) : key,
        { at, value: interpolate(value, using) },
      ]);
      return { ...node, entries: new Map(entries) };
    }
    case 'reference':
      return { ...node, path: node.path.map((word) => (word.includes('$[[') ? keyText(interpolateText(word, node.at, using)) : word)) };
  }
}

function keyText(node: Located): string {
  return node.kind === 'scalar' ? String(node.value) : '';
}

function interpolateText(text: string, at: Place, using: Interpolation): Located {
  const blocks = [...text.matchAll(BLOCK)];
  const [only] = blocks;
  if (only && only[0] === text.trim()) return locatedAt(blockValue(only[1] ?? '', at, using) ?? null, at);
  const value = text.replace(BLOCK, (_, inner: string) => inText(blockValue(inner, at, using)));
  return { kind: 'scalar', at, value };
}

function inText(value: Plain | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function blockValue(inner: string, at: Place, using: Interpolation): Plain | undefined {
  const [access = '', ...functions] = inner.split('|').map((part) => part.trim());
  if (functions.length > MAX_FUNCTIONS) {
    using.complaints.invalid(at, 'too many functions in interpolation block');
    return undefined;
  }
  let value = accessed(access, at, using);
  for (const call of functions) if (value !== undefined) value = applied(call, value, { at, using });
  return value;
}

const ACCESS = /^inputs\.([\w-]+)((?:\[\d+\]|\.[\w-]+)*)$/;

function accessed(access: string, at: Place, { inputs, complaints }: Interpolation): Plain | undefined {
  const [, name = '', rest = ''] = ACCESS.exec(access) ?? [];
  let value = inputs.get(name);
  for (const [step] of rest.matchAll(/\d+|[\w-]+/g)) value = childOf(value, step);
  if (value === undefined) complaints.invalid(at, `unknown interpolation provided: \`${name || access}\` in \`${access}\``);
  return value;
}

function childOf(value: Plain | undefined, step: string): Plain | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return new Map<string, Plain>(Object.entries(value)).get(step);
}

function applied(call: string, value: Plain, { at, using }: { readonly at: Place; readonly using: Interpolation }): Plain | undefined {
  const [, name = '', argumentText = ''] = /^(\w+)\s*(?:\((.*)\))?$/.exec(call) ?? [];
  const make = FUNCTIONS[name];
  if (!make) {
    using.complaints.invalid(at, `no function matching \`${call}\`: check that the function name, arguments, and types are correct`);
    return undefined;
  }
  if (name !== 'split' && typeof value !== 'string') {
    using.complaints.invalid(at, `error in \`${name}\` function: invalid input type: ${typeof value}`);
    return undefined;
  }
  return make(String(value), argumentText, using);
}

const FUNCTIONS: Readonly<Record<string, (text: string, argument: string, using: Interpolation) => Plain>> = {
  expand_vars: (text, _, { variables }) => expandText(text, variables),
  truncate: (text, argument) => {
    const [offset = 0, length = 0] = argument.split(',').map(Number);
    return [...text].slice(offset, offset + length).join('');
  },
  posix_escape: (text) => (text === '' ? "''" : text.replace(/[^A-Za-z0-9_\-.,:+/@\n]/g, '\\$&').replaceAll('\n', "'\n'")),
  posix_quote: (text) => (/^[\w\-.,:+/@]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`),
  split: (text, argument) => text.split(argument.replace(/^(['"])(.*)\1$/, '$2')),
};
