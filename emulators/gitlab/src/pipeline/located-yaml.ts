import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
} from 'yaml';

/** Line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A key of a map and what it holds. */
export interface LocatedEntry {
  readonly at: Place;
  readonly value: Located;
}

/** YAML content that knows where it stands; anchors and merge keys are resolved. Whole numbers are `bigint`, other numbers `number`. */
export type Located =
  | { readonly kind: 'map'; readonly at: Place; readonly entries: ReadonlyMap<string, LocatedEntry> }
  | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Located[] }
  | { readonly kind: 'scalar'; readonly at: Place; readonly value: string | number | bigint | boolean | null }
  | { readonly kind: 'tagged'; readonly at: Place; readonly tag: string };

/** What reading a text as YAML comes to. */
export type YamlReading =
  | { readonly kind: 'content'; readonly root: Located }
  | { readonly kind: 'several-documents'; readonly at: Place }
  | { readonly kind: 'errors'; readonly errors: readonly { readonly at: Place; readonly what: string }[] };

const START: Place = { line: 1, column: 1 };
const MAX_NODES = 100_000;

/** Reads YAML 1.1, as GitLab does: `yes` is true, `<<` merges, the last of equal keys wins. Only one document is taken. */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    intAsBigInt: true,
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  const place = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (!Array.isArray(documents)) return { kind: 'content', root: { kind: 'scalar', at: START, value: null } };
  const errors = documents.flatMap((document) => document.errors.map(({ pos, message }) => ({ at: place(pos[0]), what: message })));
  if (errors.length > 0) return { kind: 'errors', errors };
  const [first, second] = documents;
  if (second) return { kind: 'several-documents', at: place(first?.range[2]) };
  if (!first?.contents) return { kind: 'content', root: { kind: 'scalar', at: START, value: null } };
  const walker = new Walker(first, place);
  const root = walker.locate(first.contents);
  return walker.errors.length > 0 ? { kind: 'errors', errors: walker.errors } : { kind: 'content', root };
}

/** Walks one document; counts nodes, so that nested aliases can't fill the memory, and refuses an alias inside its own anchor. */
class Walker {
  readonly errors: { readonly at: Place; readonly what: string }[] = [];
  readonly #document: Document;
  readonly #place: (offset: number | undefined) => Place;
  readonly #open = new Set<unknown>();
  #nodes = 0;

  constructor(document: Document, place: (offset: number | undefined) => Place) {
    this.#document = document;
    this.#place = place;
  }

  locate(node: unknown): Located {
    const at = this.#placeOf(node);
    if (isAlias(node)) return this.#locateAlias(node);
    if (++this.#nodes > MAX_NODES) return this.#refuse(at, 'the file grows too large when its aliases are followed');
    if (isTagged(node)) return { kind: 'tagged', at, tag: node.tag };
    if (isScalar(node)) return { kind: 'scalar', at, value: scalarValue(node) };
    if (!isMap(node) && !isSeq(node)) return { kind: 'scalar', at, value: null };
    if (this.#open.has(node)) return this.#refuse(at, 'an alias stands inside its own anchor');
    this.#open.add(node);
    const located: Located = isMap(node)
      ? { kind: 'map', at, entries: this.#entries(node.items) }
      : { kind: 'list', at, items: node.items.map((item) => this.locate(item)) };
    this.#open.delete(node);
    return located;
  }

  #locateAlias(alias: Alias): Located {
    const target = alias.resolve(this.#document);
    return target ? this.locate(target) : this.#refuse(this.#placeOf(alias), `unknown anchor ${alias.source}`);
  }

  #entries(pairs: readonly Pair[]): ReadonlyMap<string, LocatedEntry> {
    const merged = pairs.filter((pair) => isMergeKey(pair.key)).map((pair) => this.#merged(this.locate(pair.value)));
    const own = pairs
      .filter((pair) => !isMergeKey(pair.key))
      .map((pair): [string, LocatedEntry] => [keyText(pair.key), { at: this.#placeOf(pair.key), value: this.locate(pair.value) }]);
    return new Map([...merged.flat(), ...own]);
  }

  #merged(source: Located): readonly [string, LocatedEntry][] {
    if (source.kind === 'map') return [...source.entries];
    if (source.kind === 'list') return source.items.toReversed().flatMap((item) => this.#merged(item));
    this.#refuse(source.at, 'a merge key needs a map or a list of maps');
    return [];
  }

  #refuse(at: Place, what: string): Located {
    if (!this.errors.some((error) => error.what === what)) this.errors.push({ at, what });
    return { kind: 'scalar', at, value: null };
  }

  #placeOf(node: unknown): Place {
    return this.#place(hasRange(node) ? node.range?.[0] : undefined);
  }
}

function hasRange(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}

/** GitLab's own tags, such as `!reference`. */
function isTagged(node: unknown): node is { readonly tag: string } {
  return typeof node === 'object' && node !== null && 'tag' in node && typeof node.tag === 'string' && node.tag.startsWith('!');
}

function isMergeKey(key: unknown): boolean {
  return (
    isScalar(key) && (key.source === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<')) && key.type === 'PLAIN'
  );
}

function keyText(key: unknown): string {
  if (!isScalar(key)) return '';
  return key.source ?? String(key.value);
}

/** `y` and `n` are text to GitLab, and so is everything YAML would make into something else than text, number, boolean or null. */
function scalarValue({ value, source }: Scalar): string | number | bigint | boolean | null {
  if (typeof value === 'boolean' && /^[yn]$/i.test(source ?? '')) return source ?? '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : (source ?? String(value));
}
