import type { Complaints } from './complaints.ts';
import { expandText } from './expand-variables.ts';
import type { Place } from './located-yaml.ts';
import type { Plain } from './pipeline.ts';
import { jsonText } from '../wire/json-text.ts';

/** What `$[[ … ]]` may name, and what its functions know. */
export interface Interpolation {
  readonly inputs: ReadonlyMap<string, Plain>;
  readonly variables: (name: string) => string | undefined;
  /** Where an offset of the text stands in the file. */
  readonly place: (offset: number) => Place;
  readonly complaints: Complaints;
}

/** A text with inputs put in; `origin` says where in the first text an offset comes from. */
export interface InterpolatedText {
  readonly text: string;
  readonly origin: (offset: number) => number;
}

const BLOCK = /\$\[\[\s*(\S[^\n]*?)\s*\]\]/g;
const MAX_FUNCTIONS = 3;
const MAX_BLOCKS = 10_000;
const PATTERN_HINT = 'invalid pattern used for interpolation. valid pattern is $[[ inputs.input ]]';

/**
 * Puts inputs in the place of `$[[ inputs.name ]]` and `$[[ inputs.name | function ]]`. As in GitLab this happens to the text, before it is
 * read as YAML: a text goes in as it is and may mean something to YAML, a number, a boolean or a list goes in as JSON. Blocks of `matrix`
 * are left for later.
 */
export function interpolate(text: string, using: Interpolation): InterpolatedText {
  const blocks = [...text.matchAll(BLOCK)];
  if (new Set(blocks.map(([block]) => block)).size > MAX_BLOCKS) {
    using.complaints.invalid(using.place(0), 'too many interpolation blocks');
    return { text, origin: (offset) => offset };
  }
  const pieces = new Pieces();
  for (const match of blocks) {
    pieces.copy(text.slice(pieces.read, match.index));
    const result = blockValue(match[0], match[1] ?? '', using);
    if ('problem' in result) using.complaints.invalid(using.place(match.index), result.problem);
    pieces.put(match[0], 'problem' in result ? '' : inText(result.value));
  }
  pieces.copy(text.slice(pieces.read));
  return pieces;
}

/** The new text as it grows, and which of its parts come from where. */
class Pieces implements InterpolatedText {
  text = '';
  /** How far the first text was read. */
  read = 0;
  readonly #parts: { readonly at: number; readonly from: number; readonly isCopied: boolean }[] = [];

  copy(part: string): void {
    this.#parts.push({ at: this.text.length, from: this.read, isCopied: true });
    this.text += part;
    this.read += part.length;
  }

  put(block: string, value: string): void {
    this.#parts.push({ at: this.text.length, from: this.read, isCopied: false });
    this.text += value;
    this.read += block.length;
  }

  readonly origin = (offset: number): number => {
    const part = this.#parts.findLast(({ at }) => at <= offset);
    if (!part) return offset;
    return part.isCopied ? part.from + offset - part.at : part.from;
  };
}

function inText(value: Plain): string {
  return typeof value === 'string' ? value : jsonText(value);
}

/** What a block comes to; `inner` is what stands between its brackets. */
function blockValue(block: string, inner: string, using: Interpolation): Outcome {
  const [access = '', ...functions] = inner.split('|').map((part) => part.trim());
  if (access.split('.')[0] === 'matrix') return { value: block };
  const found = accessed(access, using);
  if ('value' in found && functions.length > MAX_FUNCTIONS) return { problem: 'too many functions in interpolation block' };
  return functions.reduce<Outcome>((result, call) => ('problem' in result ? result : applied(call, result.value, using)), found);
}

type Outcome = { readonly value: Plain } | { readonly problem: string };

function accessed(access: string, { inputs }: Interpolation): Outcome {
  const segments = access.split('.');
  if (segments.length <= 1) return { problem: PATTERN_HINT };
  let value: Plain = { inputs: Object.fromEntries(inputs) };
  for (const segment of segments) {
    const found = childOf(value, segment, access);
    if ('problem' in found) return found;
    value = found.value;
  }
  return { value };
}

/** What a segment such as `name` or `name[0][1]` names. */
function childOf(of: Plain, segment: string, access: string): Outcome {
  const [, key, indices = ''] = /^([^[]+)((?:\[\d+\])*)$/.exec(segment) ?? [];
  if (key === undefined) return { problem: `invalid array index syntax in \`${access}\`` };
  let value = isTable(of) && Object.hasOwn(of, key) ? of[key] : undefined;
  if (value === undefined) return { problem: `unknown interpolation provided: \`${key}\` in \`${access}\`` };
  for (const [digits] of indices.matchAll(/\d+/g)) {
    if (!Array.isArray(value)) return { problem: `cannot index into non-array value at [${digits}] in \`${access}\`` };
    const item: Plain | undefined = value[Number(digits)];
    if (item === undefined) return { problem: `array index ${digits} out of bounds (size: ${value.length}) in \`${access}\`` };
    value = item;
  }
  return { value };
}

function isTable(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function applied(call: string, value: Plain, using: Interpolation): Outcome {
  for (const [name, pattern, run] of FUNCTIONS) {
    const match = pattern.exec(call);
    if (!match) continue;
    const kind = `error in \`${name}\` function: `;
    if (typeof value !== 'string') return { problem: `${kind}invalid input type: ${name} can only be used with string inputs` };
    if (name === 'split' && match[1] === '') return { problem: `${kind}invalid argument: separator cannot be empty` };
    return { value: run(value, match.slice(1), using) };
  }
  return { problem: `no function matching \`${call}\`: check that the function name, arguments, and types are correct` };
}

type Run = (text: string, given: readonly string[], using: Interpolation) => Plain;

const FUNCTIONS: readonly (readonly [name: string, call: RegExp, run: Run])[] = [
  // Unknown names stay as they are.
  ['expand_vars', /^expand_vars$/, (text, _, { variables }) => expandText(text, (name, whole) => variables(name) ?? whole)],
  [
    'truncate',
    /^truncate\(\s*(\d+)\s*,\s*(\d+)\s*\)$/,
    (text, [offset, length]) => [...text].slice(Number(offset), Number(offset) + Number(length)).join(''),
  ],
  [
    'posix_escape',
    /^posix_escape$/,
    (text) => (text === '' ? "''" : text.replace(/[^A-Za-z0-9_\-.,:+/@\n]/gu, '\\$&').replaceAll('\n', "'\n'")),
  ],
  ['split', /^split\('([^']*)'\)$/, (text, [separator = '']) => text.split(separator).flatMap((part) => part.trim() || [])],
];
