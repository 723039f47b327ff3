/** A JSON object of which nothing is known yet. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/** A field that is absent where it must not be, or of another type than it should be. */
export class FieldError extends Error {
  constructor(path: string, expected: string) {
    super(`${path || 'the document'} must be ${expected}`);
    this.name = 'FieldError';
  }
}

/**
 * One JSON object, read field by field, so that everything behind it has a known type. Absent and null are the same.
 * Every method throws FieldError when a field has the wrong type; those without "optional" in the name want it present.
 */
export class Fields {
  readonly #object: JsonObject;
  readonly #path: string;

  private constructor(object: JsonObject, path: string) {
    this.#object = object;
    this.#path = path;
  }

  static of(value: unknown, path = ''): Fields {
    if (!isJsonObject(value)) throw new FieldError(path, 'an object');
    return new Fields(value, path);
  }

  /** The object as it came. */
  get raw(): JsonObject {
    return this.#object;
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined && this.#object[name] !== null;
  }

  string(name: string): string {
    return this.#present(name, this.optionalString(name), 'a string');
  }

  optionalString(name: string): string | undefined {
    const value = this.#object[name] ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    throw new FieldError(this.#pathOf(name), 'a string');
  }

  number(name: string): number {
    return this.#present(name, this.optionalNumber(name), 'a number');
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#object[name] ?? undefined;
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw new FieldError(this.#pathOf(name), 'a number');
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#object[name] ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    throw new FieldError(this.#pathOf(name), 'true or false');
  }

  /** One of `allowed`; undefined when absent. */
  optionalOneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.optionalString(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new FieldError(this.#pathOf(name), `one of ${allowed.join(', ')}`);
    return found;
  }

  /** Strings in a list; an absent list is empty. */
  strings(name: string): readonly string[] {
    return this.#list(name).map((value, at) => {
      if (typeof value !== 'string') throw new FieldError(`${this.#pathOf(name)}[${at}]`, 'a string');
      return value;
    });
  }

  /** Numbers in a list; an absent list is empty. */
  numbers(name: string): readonly number[] {
    return this.#list(name).map((value, at) => {
      if (typeof value !== 'number') throw new FieldError(`${this.#pathOf(name)}[${at}]`, 'a number');
      return value;
    });
  }

  object(name: string): Fields {
    return Fields.of(this.#object[name], this.#pathOf(name));
  }

  optionalObject(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  /** Objects in a list; an absent list is empty. */
  objects(name: string): readonly Fields[] {
    return this.#list(name).map((value, at) => Fields.of(value, `${this.#pathOf(name)}[${at}]`));
  }

  #list(name: string): readonly unknown[] {
    const value = this.#object[name] ?? [];
    if (!Array.isArray(value)) throw new FieldError(this.#pathOf(name), 'a list');
    return value;
  }

  #pathOf(name: string): string {
    return this.#path ? `${this.#path}.${name}` : name;
  }

  #present<T>(name: string, value: T | undefined, expected: string): T {
    if (value === undefined) throw new FieldError(this.#pathOf(name), expected);
    return value;
  }
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
