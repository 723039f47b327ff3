import { Pattern } from './expression/pattern.ts';

/**
 * Whether a path fits one of the patterns, as `rules:changes` and `rules:exists` mean it: `*` and `?` stay within a folder, `**` between
 * slashes is any number of folders, `[…]` a set, `{a,b}` one of several; files that begin with a dot count.
 */
export function fitsAny(patterns: readonly string[], paths: readonly string[]): boolean {
  return patterns.some((glob) => {
    const fits = globMatcher(glob);
    return paths.some(fits);
  });
}

/** Takes a glob apart once. A glob that can't be understood fits nothing but itself. */
export function globMatcher(glob: string): (path: string) => boolean {
  const pattern = Pattern.source(`^${translate(glob)}$`);
  return (path) => path === glob || pattern?.matches(path) === true;
}

const PIECES = /\*\*\/|\*+|\?|\[!?[^\]]+\]|\\.|\{|\}|,|[^*?[\\{},]+|./gsy;

function translate(glob: string): string {
  let depth = 0;
  return [...glob.matchAll(PIECES)]
    .map(([piece]) => {
      if (piece === '{') depth++;
      if (piece === '}' && depth > 0) {
        depth--;
        return ')';
      }
      return translatePiece(piece, depth);
    })
    .join('')
    .concat(')'.repeat(depth));
}

function translatePiece(piece: string, depth: number): string {
  if (piece === '**/') return '(?:.*/)?';
  if (piece.startsWith('*')) return '[^/]*';
  if (piece === '?') return '[^/]';
  if (piece === '{') return '(?:';
  if (piece === ',') return depth > 0 ? '|' : ',';
  if (piece.startsWith('[') && piece.length > 2)
    return `[${piece.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\').replaceAll('[', '\\[')}]`;
  return piece.replace(/^\\/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
