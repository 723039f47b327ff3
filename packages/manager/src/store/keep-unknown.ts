/**
 * Puts the fields of `stored` that the parsed value doesn't have back onto it, at every depth, and returns it. Lists are matched
 * by position. For values that are written back by a program older than the one that wrote them. Changes `known`, which must be
 * fresh from a parser.
 */
export function keepUnknown<T>(known: T, stored: unknown): T {
  if (!isObject(known) || !isObject(stored)) return known;
  for (const [key, value] of Object.entries(stored)) {
    if (Object.hasOwn(known, key)) keepUnknown(Reflect.get(known, key), value);
    else Object.defineProperty(known, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return known;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
