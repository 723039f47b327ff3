import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import { type Path, type Place, pathText } from '../finding.ts';

/** Finds places in a YAML or JSON text: the key of a map, the item of a list, or the nearest thing around it that is written down. */
export class YamlPositions {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #name: string;

  constructor(document: Document, lines: LineCounter, name: string) {
    this.#document = document;
    this.#lines = lines;
    this.#name = name;
  }

  locate(path: Path): Place {
    return this.placeAt(this.#offsetOf(path), path);
  }

  /** The place of an offset in the text; `path` only names it. */
  placeAt(offset: number, path: Path = []): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { label: `${this.#name}:${Math.max(1, line)}:${Math.max(1, col)} ${pathText(path)}`.trimEnd(), order: offset };
  }

  #offsetOf(path: Path): number {
    let offset = 0;
    let node = this.#resolved(this.#document.contents);
    for (const step of path) {
      const next = memberOf(node, step);
      if (!next) return offset;
      offset = next.offset;
      node = this.#resolved(next.value);
    }
    return offset;
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}

interface Member {
  readonly offset: number;
  readonly value: unknown;
}

function memberOf(node: unknown, step: string | number): Member | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return hasRange(item) ? { offset: item.range[0], value: item } : undefined;
  }
  const pair = isMap(node) ? node.items.find((candidate: Pair) => keyText(candidate.key) === String(step)) : undefined;
  return pair && hasRange(pair.key) ? { offset: pair.key.range[0], value: pair.value } : undefined;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function hasRange(node: unknown): node is Node & { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
