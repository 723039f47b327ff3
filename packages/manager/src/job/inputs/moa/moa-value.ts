/** An input that must not be put into text; whatever looks at it fails by its name. */
export class SensitiveInput {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Thrown when an expression looks at a sensitive input. */
export class SensitiveSeen extends Error {
  readonly input: string;

  constructor({ name }: SensitiveInput) {
    super(`the input ${name} is sensitive`);
    this.input = name;
  }
}

/** Why an expression has no value; a whole sentence without its full stop. */
export class MoaMistake extends Error {}

/** What an expression may come to. Objects are maps, so that no name leads into the program. */
export type MoaValue = null | boolean | number | string | readonly MoaValue[] | ReadonlyMap<string, MoaValue> | SensitiveInput;

type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** The value of parsed JSON. */
export function moaValue(json: unknown): MoaValue {
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json;
  if (Array.isArray(json)) return json.map(moaValue);
  if (typeof json !== 'object' || json === null) return null;
  return new Map(Object.entries(json).map(([key, value]) => [key, moaValue(value)]));
}

export function isObject(value: MoaValue): value is ReadonlyMap<string, MoaValue> {
  return value instanceof Map;
}

export function isList(value: MoaValue): value is readonly MoaValue[] {
  return Array.isArray(value);
}

/** Throws `SensitiveSeen`. */
export function kindOf(value: MoaValue): Kind {
  if (value instanceof SensitiveInput) throw new SensitiveSeen(value);
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' ? 'number' : 'string';
}

/** What `!`, `&&` and `||` take for true: all but `null`, `false`, 0 and what is empty. */
export function isTruthy(value: MoaValue): boolean {
  kindOf(value);
  if (isObject(value)) return value.size > 0;
  return isList(value) ? value.length > 0 : Boolean(value);
}

/** How a value stands in text, as `str()` has it; lists and objects as JSON. */
export function moaText(value: MoaValue): string {
  const kind = kindOf(value);
  if (kind === 'null') return '<null>';
  return isList(value) || isObject(value) ? jsonText(value) : String(value);
}

function jsonText(value: MoaValue): string {
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  if (isObject(value)) return `{${[...value].map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`).join(',')}}`;
  return kindOf(value) === 'string' ? JSON.stringify(value) : String(value);
}

/** Negative, 0 or positive, for values of one kind. Throws `MoaMistake` for others. */
export function compareMoa(a: MoaValue, b: MoaValue): number {
  const [kind, other] = [kindOf(a), kindOf(b)];
  if (kind !== other) throw new MoaMistake(`${named(kind)} can't be compared with ${named(other)}`);
  if (isList(a) && isList(b)) return compareLists(a, b);
  if (isObject(a) && isObject(b)) return compareObjects(a, b);
  if (kind === 'string') return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  return Number(a) - Number(b);
}

export function isEqual(a: MoaValue, b: MoaValue): boolean {
  if (kindOf(a) !== kindOf(b)) return false;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, at) => isEqual(item, b[at] ?? null));
  if (isObject(a) && isObject(b))
    return a.size === b.size && [...a].every(([key, member]) => b.has(key) && isEqual(member, b.get(key) ?? null));
  return a === b;
}

/** `a number`, `an array`. */
export function named(kind: Kind): string {
  return kind === 'null' ? kind : `${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function compareLists(a: readonly MoaValue[], b: readonly MoaValue[]): number {
  for (const [at, item] of a.entries()) {
    if (at >= b.length) break;
    const order = compareMoa(item, b[at] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** By how many members they have, then by their keys in order, then by what these hold. */
function compareObjects(a: ReadonlyMap<string, MoaValue>, b: ReadonlyMap<string, MoaValue>): number {
  if (a.size !== b.size) return a.size - b.size;
  const [keys, others] = [[...a.keys()].sort(), [...b.keys()].sort()];
  const order = compareLists(keys, others);
  return order === 0
    ? compareLists(
        keys.map((key) => a.get(key) ?? null),
        keys.map((key) => b.get(key) ?? null),
      )
    : order;
}
