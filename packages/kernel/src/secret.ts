import { inspect } from 'node:util';

const MASK = '[masked]';

/**
 * A value that must not be seen by accident. Printing, JSON and inspection give `[masked]`; `reveal()` is the one way out,
 * is easy to search for, and is allowed only in the files that the lint rule names.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Whoever calls this answers for where it goes. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
