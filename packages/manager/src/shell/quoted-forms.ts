/** Characters for which shells print a value otherwise than it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among those that shells quote
const QUOTED = /['"\\$`\u0000-\u001f\u007f-\u{10ffff}]/u;
/** What has a meaning of its own in an extended regular expression. */
const IN_EXPRESSIONS = /[.[\\()*+?{|^$]/g;

/** Escapes of bash's `$'...'`. Source: bash manual, "ANSI-C Quoting". */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["'", "\\'"],
  ['\\', '\\\\'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\u000b', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\u001b', '\\E'],
]);

/**
 * How shells print a value that they print quoted: in the trace of commands (`set -x`), by `set`, `export -p` and `declare -p`. The
 * quotation may hold more than the value, so each form is what stands inside of it, whatever is around.
 *
 * bash prints the pattern of `[[ x == "$V" ]]` with a backslash before every character, so every value has at least that form; the others
 * only values with characters that shells quote.
 */
export function quotedForms(value: string): string[] {
  const forms = [
    value.replaceAll(/./gsu, '\\$&'),
    value.replaceAll(IN_EXPRESSIONS, '\\$&'),
    ...(QUOTED.test(value) ? quotations(value) : []),
  ];
  return [...new Set(forms)].filter((form) => form !== value);
}

function quotations(value: string): string[] {
  return [
    value.replaceAll("'", "'\\''"),
    runsInQuotes(value),
    value.replaceAll(/["\\$`]/g, '\\$&'),
    [...value].map(escaped).join(''),
    // Without a locale bash takes every byte of a character beyond ASCII for one that can't be printed.
    [...value].map((character) => (character > '\u007f' ? octal(character) : escaped(character))).join(''),
  ];
}

/**
 * dash and busybox close their single quotes for a run of quotes, which gets double ones. A run at an end may be longer in the text than
 * in the value, and its own quotation may not be closed any more: the form begins, and ends, in the run.
 */
function runsInQuotes(value: string): string {
  const [, before = '', inner = '', after = ''] = /^('*)(.*?)('*)$/s.exec(value) ?? [];
  return `${before === '' ? '' : `"'`}${inner.replaceAll(/'+/g, `'"$&"'`)}${after === '' ? '' : `'"`}`;
}

function escaped(character: string): string {
  return ESCAPES.get(character) ?? (character < ' ' || character === '\u007f' ? octal(character) : character);
}

/** Every byte of it as three octal digits. */
function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
