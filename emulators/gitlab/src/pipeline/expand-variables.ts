/** A variable that may hold others: `$NAME`, `${NAME}`, `%NAME%`. */
export interface Expandable {
  readonly key: string;
  readonly value: string;
  /** True: taken as it is, and not put into others either. */
  readonly raw?: boolean | undefined;
  /** True: the value is a file's content; others keep the reference to it. */
  readonly file?: boolean | undefined;
}

const REFERENCE = /\$\$|%%|\$\w+|\$\{\w+\}|%\w+%/g;

/** The text with what it names put in; unknown names become nothing, `$$` and `%%` stay. `lookup` also gets the reference as written. */
export function expandText(text: string, lookup: (name: string, whole: string) => string | undefined): string {
  return replaceIn(text, (name, whole) => lookup(name, whole) ?? '');
}

/**
 * All variables with one another put in, however deep, as GitLab does before it sends them: unknown names stay, and so do references to
 * raw and file variables. Of equal keys the last is meant. If some name each other in a circle, nothing is put in at all.
 */
export function expandAll<V extends Expandable>(variables: readonly V[]): readonly V[] {
  const expansion = new Expansion(variables);
  const expanded = variables.map((variable) => (variable.raw === true ? variable : { ...variable, value: expansion.of(variable) }));
  return expansion.isCircular ? variables : expanded;
}

class Expansion {
  isCircular = false;
  readonly #byKey: ReadonlyMap<string, Expandable>;
  readonly #done = new Map<Expandable, string>();
  readonly #open = new Set<Expandable>();

  constructor(variables: readonly Expandable[]) {
    this.#byKey = new Map(variables.map((variable) => [variable.key, variable]));
  }

  of(variable: Expandable): string {
    const known = this.#done.get(variable);
    if (known !== undefined) return known;
    this.#open.add(variable);
    const value = grown(variable.value, (name) => this.#put(name));
    this.#open.delete(variable);
    this.#done.set(variable, value);
    return value;
  }

  #put(name: string): string | undefined {
    const variable = this.#byKey.get(name);
    if (!variable || variable.raw === true || variable.file === true) return undefined;
    if (!this.#open.has(variable)) return this.of(variable);
    this.isCircular = true;
    return undefined;
  }
}

/** Variables that name each other many times over must not fill the memory. */
const MAX_LENGTH = 1024 * 1024;

function grown(text: string, lookup: (name: string) => string | undefined): string {
  let length = text.length;
  return replaceIn(text, (name, whole) => {
    const value = lookup(name);
    if (value === undefined || length + value.length > MAX_LENGTH) return whole;
    length += value.length;
    return value;
  });
}

function replaceIn(text: string, put: (name: string, whole: string) => string): string {
  return text.replace(REFERENCE, (whole: string) => {
    const name = /\w+/.exec(whole)?.[0];
    return name === undefined ? whole : put(name, whole);
  });
}
