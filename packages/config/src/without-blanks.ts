import { isRecord } from './value-at.ts';

/** Values of these maps are the user's own; an empty one means something. */
const KEPT = new Set(['environment']);

/**
 * The document without the keys that hold null or an empty string: Terraform writes those for what was not given. The members of lists
 * stay, because their places count.
 */
export function withoutBlanks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBlanks);
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined && member !== '')
      .map(([key, member]) => [key, KEPT.has(key) ? member : withoutBlanks(member)]),
  );
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
