import { globMatcher } from '../pipeline/glob.ts';
import type { RepositoryFiles } from '../pipeline/reading-context.ts';
import { git, readFileAt } from './repository.ts';

/**
 * The files of one commit, for a reader that can't wait: what it asks for and is not here yet is fetched by `fetchWanted`, and then the
 * reader has to read again.
 */
export class SourceFiles implements RepositoryFiles {
  readonly paths: readonly string[];
  /** Object ids by path. */
  readonly #ids: ReadonlyMap<string, string>;
  readonly #repository: string;
  readonly #sha: string;
  readonly #texts = new Map<string, string>();
  readonly #changes = new Map<string, readonly string[] | 'no such ref'>();
  readonly #wantedTexts = new Set<string>();
  readonly #wantedChanges = new Set<string>();

  private constructor(of: { readonly repository: string; readonly sha: string; readonly ids: ReadonlyMap<string, string> }) {
    this.#repository = of.repository;
    this.#sha = of.sha;
    this.#ids = of.ids;
    this.paths = [...of.ids.keys()];
  }

  static async at(repository: string, sha: string): Promise<SourceFiles> {
    const listed = await git(repository, ['ls-tree', '-r', '-z', sha]);
    const entries = listed.split('\0').flatMap((line): [string, string][] => {
      const [, id, path] = /^\S+ \S+ (\S+)\t(.+)$/s.exec(line) ?? [];
      return id === undefined || path === undefined ? [] : [[path, id]];
    });
    return new SourceFiles({ repository, sha, ids: new Map(entries) });
  }

  read(path: string): string | undefined {
    const text = this.#texts.get(path);
    if (text === undefined && this.paths.includes(path)) this.#wantedTexts.add(path);
    return text;
  }

  /** What the commit changed since it left `ref`; nothing yet, when that is not known yet. */
  changedSince(ref: string): readonly string[] | 'no such ref' {
    const changes = this.#changes.get(ref);
    if (!changes) this.#wantedChanges.add(ref);
    return changes ?? [];
  }

  /** Fetches what was asked for in vain; says whether there was anything. */
  async fetchWanted(): Promise<boolean> {
    const texts = [...this.#wantedTexts];
    const refs = [...this.#wantedChanges];
    this.#wantedTexts.clear();
    this.#wantedChanges.clear();
    for (const path of texts) this.#texts.set(path, await readFileAt(this.#repository, this.#sha, path));
    for (const ref of refs) this.#changes.set(ref, await this.#diff(ref));
    return texts.length + refs.length > 0;
  }

  /** The ids of the contents of these files, which may be globs. */
  contents(globs: readonly string[]): readonly string[] {
    const matchers = globs.map(globMatcher);
    return [...this.#ids].flatMap(([path, id]) => (matchers.some((fits) => fits(path)) ? [id] : []));
  }

  /** The last commit that touched each of these files; those that nobody has touched are left out. */
  async lastCommits(paths: readonly string[]): Promise<readonly string[]> {
    const commits = await Promise.all(paths.map((path) => git(this.#repository, ['rev-list', '-1', this.#sha, '--', path])));
    return commits.map((commit) => commit.trim()).filter(Boolean);
  }

  async #diff(ref: string): Promise<readonly string[] | 'no such ref'> {
    try {
      const listed = await git(this.#repository, ['diff', '--name-only', '-z', '--end-of-options', `${ref}...${this.#sha}`, '--']);
      return listed.split('\0').filter(Boolean);
    } catch {
      return 'no such ref';
    }
  }
}
