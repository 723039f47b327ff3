import type { Lookup } from '../expansion.ts';
import { quote } from '../quoting.ts';

/** What the worker puts in: the value of a variable or, when that is empty, the fallback. */
interface Blank {
  readonly name: string;
  readonly fallback: string;
}

/**
 * Text with variables that is finished in the worker: those of the job are known and put in here, others may come from `GITLAB_ENV`.
 * `$NAME`, `${NAME}` and `${NAME:-default}` are understood, as GitLab's helper has it.
 */
export type WorkerText = readonly (string | Blank)[];

const REFERENCE = /\$\$|\$\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}|\$([A-Za-z_]\w*)/g;

/** Puts in what is known. Neighbouring pieces of plain text become one. */
export function workerText(text: string, lookup: Lookup): WorkerText {
  const pieces: (string | Blank)[] = [];
  let done = 0;
  for (const match of text.matchAll(REFERENCE)) {
    pieces.push(text.slice(done, match.index), meaning(match, lookup));
    done = match.index + match[0].length;
  }
  return joined([...pieces, text.slice(done)]);
}

function meaning([, braced, fallback = '', bare]: RegExpMatchArray, lookup: Lookup): string | Blank {
  const name = braced ?? bare;
  if (name === undefined) return '$';
  const value = lookup(name);
  return value === undefined ? { name, fallback } : value || fallback;
}

function joined(pieces: readonly (string | Blank)[]): WorkerText {
  const all: (string | Blank)[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') all[all.length - 1] = last + piece;
    else if (piece !== '') all.push(piece);
  }
  return all;
}

/**
 * One shell word for the text. Plain pieces go through `plain`; what the worker puts in goes through the shell function `escape`, so that
 * it can't be more than itself where the word is used.
 */
export function shellWord(text: WorkerText, of: { readonly plain: (text: string) => string; readonly escape: string }): string {
  const words = text.map((piece) =>
    typeof piece === 'string' ? quote(of.plain(piece)) : `"$(${of.escape} "\${${piece.name}:-}" ${quote(piece.fallback)})"`,
  );
  return words.length > 0 ? words.join('') : "''";
}
