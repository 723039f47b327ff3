import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { JsonValue } from './json-text.ts';

/**
 * A description of a piece of JSON that both checks it and gives it a TypeScript type. Unknown keys of objects are ignored.
 * `read` throws a `CodedError` with code `FR_GITLAB_EMULATOR_BAD_JSON` that names the place.
 */
export interface Shape<T, Presence extends 'required' | 'optional' = 'required' | 'optional'> {
  readonly presence: Presence;
  read(value: unknown, at: string): T;
}

/** The TypeScript type that a shape describes. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends Shape<unknown, 'optional'> ? K : never }[keyof F];
type ObjectOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Shaped<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: Shaped<F[K]>;
};

/** Any text. */
export const text: Shape<string, 'required'> = checked('a string', (value) => (typeof value === 'string' ? value : undefined));
/** Any finite number. */
export const number: Shape<number, 'required'> = checked('a number', (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined,
);
/** `true` or `false`. */
export const yesNo: Shape<boolean, 'required'> = checked('true or false', (value) => (typeof value === 'boolean' ? value : undefined));
/** Whatever JSON may hold. */
export const json: Shape<JsonValue, 'required'> = { presence: 'required', read: (value) => jsonOf(value) };

/** One of the given words. */
export function oneOf<const W extends string>(words: readonly W[]): Shape<W, 'required'> {
  return checked(words.join(', '), (value) => words.find((word) => word === value));
}

/** An array whose items all have the same shape. */
export function listOf<T>(item: Shape<T>): Shape<readonly T[], 'required'> {
  return {
    presence: 'required',
    read: (value, at) => {
      if (!Array.isArray(value)) throw misfit(at, 'an array', value);
      return value.map((each, index) => item.read(each, `${at}[${index}]`));
    },
  };
}

/** An object used as a table: any keys, all values of the same shape. */
export function tableOf<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>, 'required'> {
  return {
    presence: 'required',
    read: (value, at) => {
      if (!isObject(value)) throw misfit(at, 'an object', value);
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, item.read(each, `${at}.${key}`)]));
    },
  };
}

/** Marks a field that may be absent. `null` counts as absent. */
export function optional<T>(shape: Shape<T>): Shape<T, 'optional'> {
  return { presence: 'optional', read: shape.read };
}

/** An object with known fields. */
export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>, 'required'> {
  return {
    presence: 'required',
    read: (value, at) => {
      if (!isObject(value)) throw misfit(at, 'an object', value);
      const built = Object.create(Object.prototype);
      for (const [key, field] of Object.entries(fields)) {
        const given = value[key];
        if (field.presence === 'optional' && (given === undefined || given === null)) continue;
        built[key] = field.read(given, `${at}.${key}`);
      }
      return built;
    },
  };
}

/** A union of objects, told apart by the word in their field `kind`. */
export function kinds<const V extends Readonly<Record<string, Shape<unknown>>>>(variants: V): Shape<Shaped<V[keyof V]>, 'required'> {
  const kind = object({ kind: oneOf(Object.keys(variants)) });
  const table = Object.assign(Object.create(null), variants);
  return { presence: 'required', read: (value, at) => table[kind.read(value, at).kind].read(value, at) };
}

/** Whether the value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOf(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, jsonOf(each)]));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** A shape of its own: `accept` gives the value in its type, or undefined when it does not fit. */
export function checked<T>(expected: string, accept: (value: unknown) => T | undefined): Shape<T, 'required'> {
  return {
    presence: 'required',
    read: (value, at) => {
      const accepted = accept(value);
      if (accepted === undefined) throw misfit(at, expected, value);
      return accepted;
    },
  };
}

function misfit(at: string, allowed: string, given: unknown): CodedError {
  return new CodedError({
    code: 'FR_GITLAB_EMULATOR_BAD_JSON',
    at,
    what: 'the emulator got JSON of another shape',
    given: String(JSON.stringify(given)).slice(0, 200),
    allowed,
  });
}
