/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process, as a frozen copy. This is the only file that looks at it; everything else is handed what it needs.
 */
export function processEnvironment(): Environment {
  return Object.freeze({ ...process.env });
}
