/** JSON whose whole numbers may be `bigint`, so that ids above 2^53 keep every digit. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | bigint
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Writes JSON; a `bigint` becomes a bare integer, a field that is `undefined` is left out. */
export function jsonText(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (isList(value)) return `[${value.map((item) => jsonText(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${jsonText(field)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
