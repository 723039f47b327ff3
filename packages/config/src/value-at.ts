import type { Path } from './finding.ts';

/** The value at a path of parsed data; undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, step) => (isRecord(current) && Object.hasOwn(current, step) ? current[step] : undefined), value);
}

/** Whether a parsed value is a map or a list, so that its members may be asked for. */
export function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
