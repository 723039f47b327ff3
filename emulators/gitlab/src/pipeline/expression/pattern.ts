import { RE2JS } from 're2js';

const LITERAL = /^\/((?:[^/]|\\\/)+[^\\])\/([ismU]*)$/;

/**
 * A regular expression as GitLab takes it: `/text/` with the flags `i`, `s`, `m`, `U`; RE2's language, so that matching takes linear
 * time whatever the pattern. Undefined when it is none.
 */
export class Pattern {
  readonly #regex: RE2JS;

  private constructor(regex: RE2JS) {
    this.#regex = regex;
  }

  /** From a literal, slashes and flags included. As in GitLab, fewer than two characters between slashes are no pattern. */
  static literal(text: string): Pattern | undefined {
    const [, source, flags] = LITERAL.exec(text) ?? [];
    if (source === undefined) return undefined;
    return Pattern.source(flags ? `(?${flags})${source}` : source);
  }

  /** From RE2's language, without slashes. */
  static source(source: string): Pattern | undefined {
    try {
      return new Pattern(RE2JS.compile(source));
    } catch {
      return undefined;
    }
  }

  /** Whether the pattern fits any part of the text. */
  matches(text: string): boolean {
    return this.#regex.test(text);
  }
}
