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
  visit,
} from 'yaml';

/** Where something stands: line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A key of a map and what it holds. */
export interface LocatedEntry {
  readonly at: Place;
  readonly value: Located;
}

/** The keys of a map, in order. */
export type LocatedEntries = ReadonlyMap<string, LocatedEntry>;

/** YAML content that knows where it stands; anchors and merge keys are resolved. Whole numbers are `bigint`, other numbers `number`. */
export type Located =
  | { readonly kind: 'map'; readonly at: Place; readonly entries: LocatedEntries }
  | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Located[] }
  | { readonly kind: 'scalar'; readonly at: Place; readonly value: string | number | bigint | boolean | null }
  /** GitLab's tag `!reference [a, b]`, not yet followed. */
  | { readonly kind: 'reference'; readonly at: Place; readonly path: readonly string[] };

/** Something to be said about a place. */
interface YamlRemark {
  readonly at: Place;
  readonly what: string;
}

/** What reading a text as YAML comes to. `root` is the first document. */
export type YamlReading =
  | { readonly kind: 'content'; readonly root: Located; readonly remarks: readonly YamlRemark[] }
  /** `isYaml` false: the text breaks the rules of YAML itself. */
  | { readonly kind: 'errors'; readonly isYaml: boolean; readonly errors: readonly YamlRemark[] };

/** GitLab's own limits, on text and on content with its aliases followed. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_NODES = 100_000;
const MAX_DEPTH = 100;
const MAX_DOCUMENTS = 2;
const TOO_BIG = 'The parsed YAML is too big';
/** How the library complains of lists in lists in lists …; GitLab has a limit on depth, and only words for size. */
const STACK = 'Maximum call stack size exceeded';

/** Finds the line and column of an offset; both from 1. */
export function placesIn(text: string, file: string): (offset: number) => Place {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
}

/**
 * Reads YAML 1.1, as GitLab does: `yes` is true, `<<` merges, the last of equal keys wins (which is remarked). A text that is too large
 * for GitLab is refused before it is read. `placeAt` says where an offset of the text stands.
 */
export function readYaml(text: string, placeAt: (offset: number) => Place): YamlReading {
  const start = placeAt(0);
  if (Buffer.byteLength(text) > MAX_BYTES) return { kind: 'errors', isYaml: true, errors: [{ at: start, what: TOO_BIG }] };
  const nothing: Located = { kind: 'scalar', at: start, value: null };
  const documents = parseAllDocuments(text, { version: '1.1', intAsBigInt: true, uniqueKeys: false, prettyErrors: false });
  const place = (offset: number | undefined): Place => placeAt(offset ?? 0);
  if (!Array.isArray(documents)) return { kind: 'content', root: nothing, remarks: [] };
  const errors = documents.flatMap((document) => document.errors.map(({ pos, message }) => ({ at: place(pos[0]), what: message })));
  const tooDeep = errors.find(({ what }) => what.startsWith(STACK));
  if (tooDeep) return { kind: 'errors', isYaml: true, errors: [{ at: tooDeep.at, what: TOO_BIG }] };
  if (errors.length > 0) return { kind: 'errors', isYaml: false, errors };
  if (documents.length > MAX_DOCUMENTS) {
    const at = place(documents[MAX_DOCUMENTS]?.range[0]);
    return { kind: 'errors', isYaml: true, errors: [{ at, what: 'The parsed YAML has too many documents' }] };
  }
  const walkers = documents.map((document) => new Walker(document, place));
  const [root = nothing, second] = walkers.map((walker) => walker.root() ?? nothing);
  const refused = walkers.flatMap((walker) => walker.errors);
  if (refused.length > 0) return { kind: 'errors', isYaml: true, errors: refused };
  const ignored = 'a second document is ignored, because the first one has no spec';
  const remarks = walkers.flatMap((walker) => walker.remarks);
  return { kind: 'content', root, remarks: second ? [...remarks, { at: second.at, what: ignored }] : remarks };
}

/** Walks one document; counts nodes, so that nested aliases can't fill the memory, and refuses an alias inside its own anchor. */
class Walker {
  readonly errors: YamlRemark[] = [];
  readonly remarks: YamlRemark[] = [];
  readonly #document: Document.Parsed;
  readonly #place: (offset: number | undefined) => Place;
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #open = new Set<unknown>();
  #nodes = 0;
  /** There is no use in going on then. */
  #isTooBig = false;

  constructor(document: Document.Parsed, place: (offset: number | undefined) => Place) {
    this.#document = document;
    this.#place = place;
    this.#targets = aliasTargets(document);
  }

  root(): Located | undefined {
    return this.#document.contents ? this.locate(this.#document.contents) : undefined;
  }

  locate(node: unknown): Located {
    const at = this.#placeOf(node);
    if (this.#isTooBig) return { kind: 'scalar', at, value: null };
    if (isAlias(node)) return this.#locateAlias(node);
    if (++this.#nodes > MAX_NODES || this.#open.size > MAX_DEPTH) {
      this.#isTooBig = true;
      return this.#refuse(at, TOO_BIG);
    }
    if (isReference(node)) return this.#reference(node, at);
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

  #reference(node: unknown, at: Place): Located {
    const path = isSeq(node) ? node.items.map((item) => (isScalar(item) ? String(item.source ?? item.value) : undefined)) : [];
    const words = path.filter((word) => word !== undefined);
    if (words.length > 0 && words.length === path.length) return { kind: 'reference', at, path: words };
    return this.#refuse(at, '!reference needs a list of words');
  }

  #locateAlias(alias: Alias): Located {
    const target = this.#targets.get(alias);
    return target ? this.locate(target) : this.#refuse(this.#placeOf(alias), `unknown anchor ${alias.source}`);
  }

  #entries(pairs: readonly Pair[]): LocatedEntries {
    const merged = pairs.filter((pair) => isMergeKey(pair.key)).map((pair) => this.#merged(this.locate(pair.value)));
    const own = pairs
      .filter((pair) => !isMergeKey(pair.key))
      .map((pair): [string, LocatedEntry] => [keyText(pair.key), { at: this.#placeOf(pair.key), value: this.locate(pair.value) }]);
    this.#remarkRepeated(own);
    return new Map([...merged.flat(), ...own]);
  }

  #remarkRepeated(own: readonly (readonly [string, LocatedEntry])[]): void {
    const seen = new Set<string>();
    for (const [key, { at }] of own) {
      if (seen.has(key)) this.remarks.push({ at, what: `${key} is said twice: only this one counts` });
      seen.add(key);
    }
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

/** What each alias means: the last node before it that has its anchor. Asked of the library one by one, it takes the square of the time. */
function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node) && target) targets.set(node, target);
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function hasRange(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}

/** Of tags, only this one means something; nodes with others are taken as if they had none. */
function isReference(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'tag' in node && node.tag === '!reference';
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
