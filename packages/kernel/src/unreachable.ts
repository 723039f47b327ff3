/** For the `default` of a switch that is meant to be exhaustive: the compiler objects when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`a case nobody thought of: ${JSON.stringify(value)}`);
}
