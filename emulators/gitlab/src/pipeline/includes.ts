import type { Complaints } from './complaints.ts';
import { ConfigHash, textOf } from './config-hash.ts';
import { globMatcher } from './glob.ts';
import type { Located, LocatedEntries, Place } from './located-yaml.ts';
import { mergeEntries } from './merge.ts';
import { type RuleFacts, selectRule } from './select-rule.ts';
import { expandText } from './expand-variables.ts';
import { readRules } from './read-rules.ts';
import type { ReadingContext } from './reading-context.ts';
import { readText } from './read-text.ts';
import { type GivenInputs, givenInputs } from './spec-inputs.ts';

const MAX_INCLUDES = 150;
const KINDS = ['local', 'remote', 'project', 'template', 'component', 'artifact'] as const;
const ELSEWHERE = 'the stand-in has no other projects, servers or templates';
const KEYS: readonly string[] = [...KINDS, 'file', 'ref', 'inputs', 'rules', 'integrity', 'cache', 'job'];

/** Reads one text and everything that it includes; what is included comes first, what the file itself says counts more. */
export class IncludeReader {
  readonly #context: ReadingContext;
  readonly #complaints: Complaints;
  readonly #facts: RuleFacts;
  #count = 0;

  constructor(context: ReadingContext, complaints: Complaints, facts: RuleFacts) {
    this.#context = context;
    this.#complaints = complaints;
    this.#facts = facts;
  }

  /** The whole of a file, or undefined when it is no map; then that is complained of. */
  read(
    text: string,
    source: { readonly file: string; readonly given: GivenInputs; readonly chain: readonly string[] },
  ): LocatedEntries | undefined {
    const root = readText({ text, file: source.file, given: source.given, variables: this.#facts.lookup }, this.#complaints);
    if (!root) return undefined;
    if (root.kind !== 'map') {
      const isEmpty = root.kind === 'scalar' && root.value === null;
      this.#complaints.invalid(root.at, isEmpty ? 'Please provide content of .gitlab-ci.yml' : 'Invalid configuration format');
      return undefined;
    }
    const own = new Map(root.entries);
    own.delete('include');
    const include = root.entries.get('include')?.value;
    return include ? mergeEntries(this.#included(include, source.chain), own) : own;
  }

  #included(node: Located, chain: readonly string[]): LocatedEntries {
    const items = node.kind === 'list' ? node.items.flatMap((item) => (item.kind === 'list' ? item.items : [item])) : [node];
    return items.reduce<LocatedEntries>((merged, item) => mergeEntries(merged, this.#item(item, chain)), new Map());
  }

  #item(node: Located, chain: readonly string[]): LocatedEntries {
    const text = textOf(node);
    if (text !== undefined) {
      return /^https?:\/\//.test(text) ? this.#unsupported(node.at, 'remote') : this.#local(text, { at: node.at, chain, given: undefined });
    }
    const hash = ConfigHash.of(node, 'include', this.#complaints);
    hash?.allow(KEYS);
    const kind = hash && this.#kind(hash);
    if (!hash || !kind || !this.#isWanted(hash)) return new Map();
    const at = hash.node(kind)?.at ?? node.at;
    if (kind !== 'local') return this.#unsupported(at, kind);
    const path = hash.text('local');
    return path === undefined ? new Map() : this.#local(path, { at, chain, given: hash.node('inputs') });
  }

  #kind(hash: ConfigHash): (typeof KINDS)[number] | undefined {
    const [kind, ...more] = KINDS.filter((each) => hash.has(each));
    if (kind !== undefined && more.length === 0) return kind;
    const what = kind === undefined ? 'does not have a valid subkey for include' : 'must have only one of its subkeys';
    this.#complaints.invalid(hash.at, ` ${what}. Valid subkeys are: ${KINDS.join(', ')}`, 'include');
    return undefined;
  }

  #isWanted(hash: ConfigHash): boolean {
    const node = hash.node('rules');
    if (!node) return true;
    const rules = readRules(node, { place: 'include:rules', allowed: 'include', complaints: this.#complaints });
    const chosen = selectRule(rules, this.#facts, this.#complaints);
    return chosen !== undefined && chosen.when !== 'never';
  }

  #unsupported(at: Place, kind: string): LocatedEntries {
    this.#complaints.notHere(at, `include:${kind}`, ELSEWHERE);
    return new Map();
  }

  #local(
    written: string,
    of: { readonly at: Place; readonly chain: readonly string[]; readonly given: Located | undefined },
  ): LocatedEntries {
    const path = expandText(written, this.#facts.lookup).replace(/^\/+/, '');
    const problem = /\.ya?ml$/.test(path) ? undefined : `Included file \`${path}\` does not have YAML extension!`;
    if (problem !== undefined) {
      this.#complaints.invalid(of.at, problem);
      return new Map();
    }
    const paths = path.includes('*') ? this.#matching(path, of.at) : [path];
    return paths.reduce<LocatedEntries>((merged, each) => mergeEntries(merged, this.#file(each, of)), new Map());
  }

  #matching(glob: string, at: Place): readonly string[] {
    const fits = globMatcher(glob.replace(/\*\*$/, '**/*'));
    const paths = (this.#context.repository?.paths ?? []).filter(fits).toSorted();
    if (paths.length === 0) this.#complaints.invalid(at, `Local file \`${glob}\` does not exist!`);
    return paths;
  }

  #file(path: string, of: { readonly at: Place; readonly chain: readonly string[]; readonly given: Located | undefined }): LocatedEntries {
    if (++this.#count > MAX_INCLUDES || of.chain.includes(path)) {
      const loop = of.chain.includes(path) ? ` (${[...of.chain, path].join(' includes ')})` : '';
      this.#complaints.invalid(of.at, `Maximum of ${MAX_INCLUDES} nested includes are allowed!${loop}`);
      return new Map();
    }
    const text = this.#context.repository?.read(path);
    if (text === undefined) this.#complaints.invalid(of.at, `Local file \`${path}\` does not exist!`);
    else if (text.trim() === '') this.#complaints.invalid(of.at, `Local file \`${path}\` is empty!`);
    else
      return (
        this.read(text, { file: path, given: givenInputs(of.given, of.at, this.#complaints), chain: [...of.chain, path] }) ?? new Map()
      );
    return new Map();
  }
}
