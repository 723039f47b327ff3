import type { Complaints } from './complaints.ts';
import { durationSeconds } from './duration.ts';
import type { Located, LocatedEntries, LocatedEntry, Place } from './located-yaml.ts';

/** One map of the file that is read key by key; whatever does not fit is complained of, in GitLab's words, and comes back undefined. */
export class ConfigHash {
  readonly at: Place;
  /** How GitLab calls the place: `jobs:test:artifacts`. */
  readonly place: string;
  readonly complaints: Complaints;
  readonly entries: LocatedEntries;
  /** Keys whose mistakes GitLab words as `<place>:<key> config …` instead of `<place> <key> …`. */
  readonly #nodes: readonly string[];

  constructor(of: {
    readonly at: Place;
    readonly entries: LocatedEntries;
    readonly place: string;
    readonly complaints: Complaints;
    readonly nodes?: readonly string[];
  }) {
    this.#nodes = of.nodes ?? [];
    this.at = of.at;
    this.entries = of.entries;
    this.place = of.place;
    this.complaints = of.complaints;
  }

  /** The keys of a node that has to be a map. */
  static of(node: Located, place: string, complaints: Complaints): ConfigHash | undefined {
    if (node.kind === 'map') return new ConfigHash({ at: node.at, entries: node.entries, place, complaints });
    complaints.invalid(node.at, ' config should be a hash', place);
    return undefined;
  }

  has(key: string): boolean {
    return this.node(key) !== undefined;
  }

  /** What a key holds; `null` counts as absent. */
  node(key: string): Located | undefined {
    const value = this.entries.get(key)?.value;
    return value?.kind === 'scalar' && value.value === null ? undefined : value;
  }

  entry(key: string): LocatedEntry | undefined {
    return this.entries.get(key);
  }

  /** The map that a key holds. */
  hash(key: string): ConfigHash | undefined {
    const node = this.node(key);
    return node && ConfigHash.of(node, `${this.place}:${key}`, this.complaints);
  }

  /** Names every key that is not among these. */
  allow(keys: readonly string[]): void {
    for (const [key, { at }] of this.entries) {
      if (!keys.includes(key)) this.complaints.invalid(at, ` config contains unknown keys: ${key}`, this.place);
    }
  }

  /** Complains of a key that has to be there. */
  require(keys: readonly string[]): void {
    const missing = keys.filter((key) => !this.has(key));
    if (missing.length > 0) this.complaints.invalid(this.at, ` config missing required keys: ${missing.join(', ')}`, this.place);
  }

  /** A complaint of what a key holds. As in GitLab, a key of several words is said without underscores. */
  wrong(key: string, what: string): undefined {
    const at = this.entries.get(key)?.value.at ?? this.at;
    if (this.#nodes.includes(key)) this.complaints.invalid(at, ` config ${what}`, `${this.place}:${key}`);
    else this.complaints.invalid(at, ` ${key.replaceAll('_', ' ')} ${what}`, this.place);
    return undefined;
  }

  text(key: string): string | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    return textOf(node) ?? this.wrong(key, 'should be a string');
  }

  /** Text, or a number that is taken as text. */
  textOrNumber(key: string): string | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    if (node.kind === 'scalar' && typeof node.value !== 'boolean') return String(node.value);
    return this.wrong(key, 'should be a string or a number');
  }

  flag(key: string): boolean | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    return this.wrong(key, 'should be a boolean value');
  }

  /** One of these words; another one is complained of with `otherwise`, or in the words that most places have. */
  word<const W extends string>(key: string, words: readonly W[], otherwise = `should be one of: ${words.join(', ')}`): W | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    const given = textOf(node);
    return words.find((word) => word === given) ?? this.wrong(key, otherwise);
  }

  /** A list of strings; with `orOne`, one string stands for a list of it. */
  strings(key: string, { orOne = false }: { readonly orOne?: boolean } = {}): readonly string[] | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    const one = orOne ? textOf(node) : undefined;
    if (one !== undefined) return [one];
    return stringList(node) ?? this.wrong(key, orOne ? 'should be an array of strings or a string' : 'should be an array of strings');
  }

  seconds(key: string): number | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    const seconds = node.kind === 'scalar' ? durationSeconds(String(node.value)) : undefined;
    return seconds === undefined || seconds === 0 ? this.wrong(key, 'should be a duration') : seconds;
  }

  /** A whole number between two others. */
  count(key: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const node = this.node(key);
    if (!node) return undefined;
    const value = node.kind === 'scalar' && typeof node.value === 'bigint' ? Number(node.value) : undefined;
    if (value === undefined) return this.wrong(key, 'must be an integer');
    if (value < min) return this.wrong(key, `must be greater than or equal to ${min}`);
    return value > max ? this.wrong(key, `must be less than or equal to ${max}`) : value;
  }
}

/** The text of a scalar that is text. */
export function textOf(node: Located): string | undefined {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** A list of strings, or undefined if it is something else. */
export function stringList(node: Located): readonly string[] | undefined {
  if (node.kind !== 'list') return undefined;
  const words = node.items.map(textOf);
  return words.every((word) => word !== undefined) ? words : undefined;
}
