import type { Complaints } from './complaints.ts';
import type { Located, LocatedEntries } from './located-yaml.ts';

type Reference = Located & { readonly kind: 'reference' };

/** How many references may lead to one another. */
const MAX_DEPTH = 10;

/** Puts what `!reference` names in its place; in a list it becomes a list within the list, which scripts and rules take. */
export function resolveReferences(root: LocatedEntries, complaints: Complaints): LocatedEntries {
  const resolver = new Resolver(root, complaints);
  return new Map([...root].map(([key, { at, value }]) => [key, { at, value: resolver.resolve(value) }]));
}

class Resolver {
  readonly #root: LocatedEntries;
  readonly #complaints: Complaints;
  readonly #open: string[] = [];

  constructor(root: LocatedEntries, complaints: Complaints) {
    this.#root = root;
    this.#complaints = complaints;
  }

  resolve(node: Located): Located {
    switch (node.kind) {
      case 'scalar':
        return node;
      case 'list':
        return { ...node, items: node.items.map((item) => this.resolve(item)) };
      case 'map': {
        const entries = [...node.entries].map(([key, { at, value }]) => [key, { at, value: this.resolve(value) }] as const);
        return { ...node, entries: new Map(entries) };
      }
      case 'reference':
        return this.#follow(node);
    }
  }

  #follow(node: Reference): Located {
    const name = `[${node.path.map((word) => JSON.stringify(word)).join(', ')}]`;
    const target = this.#find(node.path);
    const problem = this.#problem(name, target);
    if (problem !== undefined || !target) {
      this.#complaints.invalid(node.at, `!reference ${name} ${problem}`);
      return { kind: 'scalar', at: node.at, value: null };
    }
    this.#open.push(name);
    const resolved = this.resolve(target);
    this.#open.pop();
    return resolved;
  }

  #problem(name: string, target: Located | undefined): string | undefined {
    if (!target) return 'could not be found';
    if (this.#open.includes(name)) return 'is part of a circular chain';
    return this.#open.length >= MAX_DEPTH ? 'is nested too deeply' : undefined;
  }

  #find([first, ...rest]: readonly string[]): Located | undefined {
    let found = first === undefined ? undefined : this.#root.get(first)?.value;
    for (const word of rest) found = found?.kind === 'map' ? found.entries.get(word)?.value : undefined;
    return found;
  }
}
