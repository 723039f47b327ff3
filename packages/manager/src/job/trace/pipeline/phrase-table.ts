/**
 * The immutable half of a search for many phrases at once (Aho and Corasick's automaton): built once, shared by every search.
 * Node 0 is the root; a node stands for the beginning of at least one phrase. Children hang in lists (first child, next sibling), so
 * that the size is linear in the phrases; the root, where ordinary text spends its time, has a row of 256.
 */
export interface PhraseTable {
  /** Child of the root for each byte as it is in the text; 0 where no phrase begins. */
  readonly root: Int32Array;
  readonly child: Int32Array;
  readonly sibling: Int32Array;
  /** The (folded) byte that leads to a node. */
  readonly byte: Uint8Array;
  /** The node of the longest proper end of a node's text that also begins a phrase. */
  readonly fallback: Int32Array;
  /** How many of the bytes that lead to a node may still become a phrase longer than themselves. */
  readonly open: Int32Array;
  /** Length of the longest phrase that ends at a node; 0 when none does. */
  readonly match: Int32Array;
  /** What a byte of the text is compared as. */
  readonly fold: Uint8Array;
  readonly isEmpty: boolean;
}

/** Builds the table. Empty phrases are left out. `ignoresCase` concerns ASCII letters only. */
export function buildPhraseTable(phrases: readonly Uint8Array[], options: { readonly ignoresCase: boolean }): PhraseTable {
  const table = emptyTable(phrases, options.ignoresCase);
  let nodes = 1;
  for (const phrase of phrases) nodes = addPhrase(table, phrase, nodes);
  linkFallbacks(table);
  for (let raw = 0; raw < 256; raw++) table.root[raw] = childOf(table, 0, table.fold[raw] ?? raw);
  return { ...table, isEmpty: nodes === 1 };
}

/** The child of `node` by a folded byte; 0 when there is none. */
export function childOf(table: Pick<PhraseTable, 'child' | 'sibling' | 'byte'>, node: number, folded: number): number {
  let at = table.child[node] ?? 0;
  while (at !== 0 && table.byte[at] !== folded) at = table.sibling[at] ?? 0;
  return at;
}

type Growing = Omit<PhraseTable, 'isEmpty'>;

function emptyTable(phrases: readonly Uint8Array[], ignoresCase: boolean): Growing {
  const size = phrases.reduce((sum, phrase) => sum + phrase.length, 1);
  const isUpper = (byte: number) => ignoresCase && byte >= 0x41 && byte <= 0x5a;
  return {
    root: new Int32Array(256),
    child: new Int32Array(size),
    sibling: new Int32Array(size),
    byte: new Uint8Array(size),
    fallback: new Int32Array(size),
    open: new Int32Array(size),
    match: new Int32Array(size),
    fold: Uint8Array.from({ length: 256 }, (_, byte) => (isUpper(byte) ? byte + 0x20 : byte)),
  };
}

/** Adds one phrase and returns how many nodes there are now. */
function addPhrase(table: Growing, phrase: Uint8Array, nodes: number): number {
  let node = 0;
  let count = nodes;
  let length = 0;
  for (const raw of phrase) {
    length++;
    const folded = table.fold[raw] ?? raw;
    let next = childOf(table, node, folded);
    if (next === 0) {
      next = count++;
      table.byte[next] = folded;
      table.sibling[next] = table.child[node] ?? 0;
      table.child[node] = next;
      table.open[next] = length;
    }
    node = next;
  }
  if (node !== 0) table.match[node] = phrase.length;
  return count;
}

/** Breadth first: a fallback is always nearer to the root than its node. */
function linkFallbacks(table: Growing): void {
  const queue: number[] = [0];
  for (const node of queue) {
    for (let at = table.child[node] ?? 0; at !== 0; at = table.sibling[at] ?? 0) {
      linkFallback(table, node, at);
      queue.push(at);
    }
  }
}

function linkFallback(table: Growing, parent: number, node: number): void {
  const fallback = parent === 0 ? 0 : fallbackFor(table, parent, table.byte[node] ?? 0);
  table.fallback[node] = fallback;
  if (table.match[node] === 0) table.match[node] = table.match[fallback] ?? 0;
  if (table.child[node] === 0) table.open[node] = table.open[fallback] ?? 0;
}

function fallbackFor(table: Growing, node: number, folded: number): number {
  let from = node;
  do {
    from = table.fallback[from] ?? 0;
    const found = childOf(table, from, folded);
    if (found !== 0) return found;
  } while (from !== 0);
  return 0;
}
