import type { Lookup } from '../expansion.ts';
import { quote } from '../quoting.ts';
import { say } from '../say.ts';
import { fixedFolder, globToRegExp } from './glob.ts';
import { shellWord, workerText } from './worker-text.ts';

/** What is looked for, in GitLab's words. */
export interface Wanted {
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly untracked: boolean;
}

/** Where the project lies, and a file for the list of what was found. */
export interface Place {
  readonly projectDir: string;
  readonly list: string;
}

/**
 * The functions that `findFiles` uses. Names with a line feed in them are left out: the list has a name a line. Sockets, devices and
 * FIFOs are not looked for. Source: reference for job execution, 7.2.
 */
export const FIND_FUNCTIONS = String.raw`# TEXT FALLBACK: as a regular expression that matches it alone, and as it is
_literal() { _value "$@" | sed 's/[].[*$+?(){}|\\]/[&]/g; s/\^/\\^/g'; }
_value() { if [ -n "$1" ]; then printf '%s' "$1"; else printf '%s' "$2"; fi; }
_lines() { echo $(($(wc -l < "$1"))); }
_nl='
'
# WORDS EXPRESSION ROOTS...: adds to the list what lies below the roots and matches
_find() {
  _said=$1 _expression=$2
  shift 2
  for _root do
    shift
    if [ -e "$_root" ] || [ -L "$_root" ]; then set -- "$@" "$_root"; fi
  done
  : > "$_list.new"
  if [ $# -gt 0 ]; then
    find "$@" "(" -type f -o -type d -o -type l ")" ! -path "*$_nl*" | LC_ALL=C grep -E -e "$_expression" > "$_list.new" || true
  fi
  if [ -s "$_list.new" ]; then
    printf '%s: found %s matching artifact files and directories\n' "$_said" "$(_lines "$_list.new")"
  else
    printf '\033[0;33mWARNING: %s: no matching files. ' "$_said"
    printf 'Ensure that the artifact path is relative to the working directory (%s)\033[0;m\n' "$PWD"
  fi
  cat "$_list.new" >> "$_list"
}
# WORDS EXPRESSION: takes off the list what matches
_leave_out() {
  _before=$(_lines "$_list")
  LC_ALL=C grep -v -E -e "$2" "$_list" > "$_list.new" || true
  mv "$_list.new" "$_list"
  printf '%s: excluded %s files\n' "$1" $((_before - $(_lines "$_list")))
}
# Ignored files are untracked too
_find_untracked() {
  : > "$_list.new"
  if git ls-files -o -z > "$_list.raw"; then
    # A line feed within a name becomes a control character, by which the name is left out as a whole
    tr '\000\n' '\n\001' < "$_list.raw" | { LC_ALL=C grep -v "$(printf '\001')" || [ $? -eq 1 ]; } | sed 's|^|./|' > "$_list.new"
    printf 'untracked: found %s files\n' "$(_lines "$_list.new")"
  else
    printf '\033[0;33mWARNING: untracked: git can not tell which files are untracked\033[0;m\n'
  fi
  rm -f "$_list.raw"
  cat "$_list.new" >> "$_list"
}`;

/** Lines that leave the names of what is wanted in the list, each once, `./` in front, sorted. The shell is in the project directory. */
export function findFiles(wanted: Wanted, place: Place, lookup: Lookup): string[] {
  return [
    `_list=${quote(place.list)}`,
    ': > "$_list"',
    ...wanted.paths.flatMap((path) => findPath(path, place, lookup)),
    ...(wanted.untracked ? ['_find_untracked'] : []),
    'LC_ALL=C sort -u -o "$_list" "$_list"',
    ...wanted.exclude.map((glob) => `_leave_out ${said(glob, lookup)} "^[.]/"${expression(glob, place, lookup)}"\\$"`),
  ];
}

function findPath(path: string, place: Place, lookup: Lookup): string[] {
  const text = workerText(path, lookup);
  const [first = ''] = text;
  const relative = typeof first === 'string' ? inProject(first, place.projectDir) : '';
  if (relative === undefined) return [say.warning(`${first}: not a path in the project directory, left out`)];
  const root = text.every((piece) => typeof piece === 'string') ? fixedFolder(relative) : '';
  return [`_find ${said(path, lookup)} "^[.]/("${expression(path, place, lookup)}")(/.*)?\\$" ${quote(root === '' ? '.' : `./${root}`)}`];
}

function said(text: string, lookup: Lookup): string {
  return shellWord(workerText(text, lookup), { plain: (piece) => piece, escape: '_value' });
}

function expression(glob: string, place: Place, lookup: Lookup): string {
  const text = workerText(glob, lookup);
  const [first, ...rest] = text;
  const relative = typeof first === 'string' ? [inProject(first, place.projectDir) ?? first, ...rest] : text;
  const last = relative.at(-1);
  const trimmed = typeof last === 'string' ? [...relative.slice(0, -1), last.replace(/\/+$/, '')] : relative;
  return shellWord(trimmed, { plain: (piece) => (piece === '.' && trimmed.length === 1 ? '.*' : globToRegExp(piece)), escape: '_literal' });
}

/** The path below the project directory; undefined when it lies outside. */
function inProject(path: string, projectDir: string): string | undefined {
  const inside = path === projectDir ? '.' : path.startsWith(`${projectDir}/`) ? path.slice(projectDir.length + 1) : path;
  if (inside.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const segment of inside.split('/')) {
    if (segment === '..' && segments.pop() === undefined) return undefined;
    if (segment !== '..' && segment !== '.' && segment !== '') segments.push(segment);
  }
  return segments.length > 0 ? segments.join('/') : '.';
}
