import { type Path, type Place, pathText } from '../finding.ts';

/**
 * Finds lines in a TOML text. The parser does not keep positions, so headers and keys are read once more, line by line; what stands
 * in an inline table or a list is found at the key that holds it.
 */
export class TomlPositions {
  readonly #found: ReadonlyMap<string, { readonly line: number; readonly column: number }>;
  readonly #name: string;

  constructor(content: string, name: string) {
    this.#found = scan(content);
    this.#name = name;
  }

  locate(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const found = this.#found.get(keyOf(path.slice(0, length)));
      if (found) return this.placeAt(found.line, found.column, path);
    }
    return this.placeAt(1, 1, path);
  }

  /** The place of a line and column, both counted from 1; `path` only names it. */
  placeAt(line: number, column: number, path: Path = []): Place {
    return { label: `${this.#name}:${line}:${column} ${pathText(path)}`.trimEnd(), order: line * 10_000 + column };
  }
}

const HEADER = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?/;
const KEY = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/;

function scan(content: string): Map<string, { line: number; column: number }> {
  const found = new Map<string, { line: number; column: number }>();
  const lists = new Map<string, number>();
  let table: (string | number)[] = [];
  content.split('\n').forEach((text, at) => {
    const position = { line: at + 1, column: text.search(/\S/) + 1 };
    const header = HEADER.exec(text);
    if (header) table = tableOf(header, lists);
    const key = header ? undefined : KEY.exec(text)?.[1];
    if (!header && key === undefined) return;
    const path = [...table, ...(key === undefined ? [] : stepsOf(key))];
    if (!found.has(keyOf(path))) found.set(keyOf(path), position);
  });
  return found;
}

/** `[[list]]` opens the next item of a list; `[list.x]` belongs to the item opened last. */
function tableOf(header: RegExpExecArray, lists: Map<string, number>): (string | number)[] {
  const steps = stepsOf(header[2] ?? '');
  if (header[1] === '[[') lists.set(steps.join('.'), (lists.get(steps.join('.')) ?? -1) + 1);
  return steps.flatMap((step, at) => {
    const item = lists.get(steps.slice(0, at + 1).join('.'));
    return item === undefined ? [step] : [step, item];
  });
}

function stepsOf(dotted: string): string[] {
  return (dotted.match(/"[^"]*"|'[^']*'|[^.\s]+/g) ?? []).map((step) => step.replace(/^["']|["']$/g, ''));
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}
