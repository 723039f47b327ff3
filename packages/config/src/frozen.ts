/** The same value, frozen all the way down. Things with an identity of their own, such as a Secret, guard themselves and stay as they are. */
export function frozen<Value>(value: Value): Value {
  if (Array.isArray(value) || isPlainMap(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
