/**
 * A glob of GitLab's (doublestar: `**`, `*`, `?`, `[a-z]`, `{a,b}`, backslash) as a POSIX extended regular expression without anchors,
 * for `grep -E` in the C locale. What is no valid glob, such as an open bracket, stands for itself. Source: reference for job execution, 7.2.
 *
 * Gotcha: `?` is one byte, not one character: the C locale is the only one that every worker has.
 */
export function globToRegExp(glob: string): string {
  return new Translation(glob).expression();
}

/** The folder below which everything lies that the glob can match, as far as that can be read off it; empty: anywhere. */
export function fixedFolder(glob: string): string {
  const segments = glob.split('/');
  const wild = segments.findIndex((segment) => /[*?[{\\]/.test(segment));
  return wild < 0 ? glob.replace(/\/+$/, '') : segments.slice(0, wild).join('/');
}

/** Text as a regular expression that matches it alone. */
export function literalRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, (char) => (char === '\\' || char === '^' ? `\\${char}` : `[${char === '[' ? '[' : char}]`));
}

/** Walks a glob once. Braces open a group, in which a comma separates alternatives. */
class Translation {
  readonly #glob: string;
  #at = 0;
  #depth = 0;

  constructor(glob: string) {
    this.#glob = glob;
  }

  expression(): string {
    let out = '';
    while (this.#at < this.#glob.length) out += this.#next();
    return out;
  }

  #next(): string {
    const char = this.#glob[this.#at] ?? '';
    switch (char) {
      case '*':
        return this.#stars();
      case '?':
        return this.#take(1, '[^/]');
      case '[':
        return this.#bracket();
      case '{':
        return this.#brace();
      case '}':
      case ',':
        return this.#inBraces(char);
      case '\\':
        return this.#take(2, literalRegExp(this.#glob[this.#at + 1] ?? '\\'));
      default:
        return this.#take(1, literalRegExp(char));
    }
  }

  /** `**` means any number of whole segments only where it is a segment of its own; elsewhere it is `*`. */
  #stars(): string {
    const run = /^\*+/.exec(this.#glob.slice(this.#at))?.[0].length ?? 1;
    const before = this.#at === 0 ? '/' : this.#glob[this.#at - 1];
    const after = this.#glob[this.#at + run];
    const isSegment = run === 2 && isBoundary(before) && isBoundary(after);
    if (!isSegment) return this.#take(run, '[^/]*');
    return after === '/' ? this.#take(run + 1, '(.*/)?') : this.#take(run, '.*');
  }

  #bracket(): string {
    const found = /^\[([!^]?)((?:\\.|[^\]\\/])+)\]/.exec(this.#glob.slice(this.#at));
    if (!found) return this.#take(1, literalRegExp('['));
    const [whole, negation, members = ''] = found;
    const plain = members.replaceAll(/\\(.)/g, '$1');
    // Within brackets a caret is only dangerous in front, and a slash is never matched.
    const safe = plain.startsWith('^') ? `${plain.slice(1)}^` : plain;
    if (safe === '^') return this.#take(whole.length, negation ? '[^/^]' : '\\^');
    return this.#take(whole.length, negation ? `[^/${safe}]` : `[${safe}]`);
  }

  #brace(): string {
    if (!closes(this.#glob, this.#at)) return this.#take(1, literalRegExp('{'));
    this.#depth++;
    return this.#take(1, '(');
  }

  #inBraces(char: string): string {
    if (this.#depth === 0) return this.#take(1, literalRegExp(char));
    if (char === ',') return this.#take(1, '|');
    this.#depth--;
    return this.#take(1, ')');
  }

  #take(length: number, text: string): string {
    this.#at += length;
    return text;
  }
}

function isBoundary(char: string | undefined): boolean {
  return char === undefined || char === '/' || char === '{' || char === '}' || char === ',';
}

/** Whether the brace at this place has its end. */
function closes(glob: string, from: number): boolean {
  let depth = 0;
  for (let at = from; at < glob.length; at++) {
    if (glob[at] === '\\') at++;
    else if (glob[at] === '{') depth++;
    else if (glob[at] === '}' && --depth === 0) return true;
  }
  return false;
}
