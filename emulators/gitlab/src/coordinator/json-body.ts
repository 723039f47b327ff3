import type { JsonValue } from '../wire/json-text.ts';
import { isObject, json } from '../wire/shape.ts';

/** A request body read as a JSON object; anything else reads as an empty one. */
export interface JsonBody {
  /** Field `token`, if it is text and not empty. */
  readonly token: string | undefined;
  readonly whole: JsonValue;
  text(key: string): string | undefined;
  number(key: string): number | undefined;
  value(key: string): JsonValue;
}

/** Reads a body leniently: a stand-in server answers by what it finds, and a broken body finds nothing. */
export function jsonBody(raw: string): JsonBody {
  const whole = parsed(raw);
  const fields = isObject(whole) ? whole : {};
  const value = (key: string) => json.read(fields[key], key);
  const text = (key: string) => (typeof fields[key] === 'string' && fields[key] !== '' ? fields[key] : undefined);
  const number = (key: string) => (typeof fields[key] === 'number' ? fields[key] : undefined);
  return { token: text('token'), whole, text, number, value };
}

function parsed(raw: string): JsonValue {
  try {
    return json.read(JSON.parse(raw), 'body');
  } catch {
    return null;
  }
}
