import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhraseMasker, phraseTableOf } from '../job/trace/pipeline/phrase-masker.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { maskedPhrases } from './masked-phrases.ts';
import { quotedForms } from './quoted-forms.ts';
import { quote } from './quoting.ts';
import { SHELLS, WorkerRig } from './worker-rig.contract.ts';

const payload: JobPayload = sampleRecord().payload;

/** What a reader sees of it: masked by the phrases of a job that has this value as a masked variable. */
function masked(output: string, value: string): string {
  const phrases = maskedPhrases([{ key: 'V', value, isFile: false, isMasked: true, isRaw: true }], payload);
  const masker = new PhraseMasker(phraseTableOf(phrases));
  return Buffer.concat([masker.write(Buffer.from(output)), masker.end()]).toString();
}

/** Words that stand nowhere else in what is printed. A value is made of them and of what shells quote, so nothing of it may be readable. */
const WORDS = ['kqz', 'wjx', 'vqk', 'jzx', 'xqj'];
const SPECIAL = [
  "'",
  '"',
  '\\',
  '$',
  '`',
  '!',
  '#',
  '&',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  '*',
  '?',
  '~',
  '|',
  '^',
  '=',
  '+',
  '.',
];
/** Without U+0001 and U+007F: bash marks its own places with them, and shows a pattern with them in its own way. */
const CONTROLS = [' ', '\t', '\n', '\r', '\u0007', '\u001b', '\u0002'];
const BEYOND = ['\u00e4', '\u20ac', '\u{1f600}'];

const between = (parts: readonly string[]) => fc.array(fc.constantFrom(...parts), { maxLength: 3 }).map((few) => few.join(''));
const valuesOf = (parts: readonly string[]) =>
  fc
    .tuple(between(parts), fc.array(fc.tuple(fc.constantFrom(...WORDS), between(parts)), { minLength: 1, maxLength: 4 }))
    .map(([first, rest]) => first + rest.map((pair) => pair.join('')).join(''));

/** Everything that prints a value by itself, and by the trace of commands. */
const PLAIN = [
  'set -x',
  `printf '%s\\n' "$V"`,
  'X=$V',
  'export Y="$V"',
  '[ "$V" = x ]',
  `printf '%s\\n' "a'$V'b" a"$V"`,
  'case "$V" in *) ;; esac',
  ': "$V" "$V"',
];
const LISTED = ['{ set +x; } 2>/dev/null', 'export -p', 'set'];
const OF_BASH = ['[[ "$V" == "$V" ]]', '[[ x =~ "$V" ]]', 'declare Z="$V"'];

const readable = (text: string) => WORDS.filter((word) => text.includes(word) || text.replaceAll('\\', '').includes(word));

describe.each(SHELLS)('a masked value under $name', (shell) => {
  const commands = [...PLAIN, ...(shell.name === 'bash' ? OF_BASH : []), ...LISTED];
  const locales = shell.name === 'bash' ? ['C', 'C.UTF-8'] : ['C'];

  it.each(locales)(
    'is readable in nothing that the shell prints of it, whatever it holds (%s)',
    async (locale) => {
      await using rig = await WorkerRig.start(shell);
      // bash cuts characters into their bytes for a pattern where it has no locale.
      const parts = locale === 'C' && shell.name === 'bash' ? [...SPECIAL, ...CONTROLS] : [...SPECIAL, ...CONTROLS, ...BEYOND];
      await fc.assert(
        fc.asyncProperty(valuesOf(parts), async (value) => {
          const { output } = await rig.run([`export LC_ALL=${locale}`, `V=${quote(value)}`, 'export V', ...commands, ':'].join('\n'));
          expect(readable(output)).not.toEqual([]);
          expect(readable(masked(output, value))).toEqual([]);
        }),
        { numRuns: 60, seed: 5 },
      );
    },
    60_000,
  );
});

describe('forms of a value', () => {
  it.each([
    ["it's", "it'\\''s"],
    ["it's", `it'"'"'s`],
    ["a''b", `a'"''"'b`],
    ["'ab'", `"'ab'"`],
    ['a"$b', 'a\\"\\$b'],
    ['a\nb\u001b\u0001', 'a\\nb\\E\\001'],
    ['\u00e4', '\\303\\244'],
    ['plain-1', '\\p\\l\\a\\i\\n\\-\\1'],
    ['a.b', 'a\\.b'],
  ])('%j is also %j', (value, form) => {
    expect(quotedForms(value)).toContain(form);
  });

  it('are one where no shell quotes the value', () => {
    expect(quotedForms('plain-1')).toEqual(['\\p\\l\\a\\i\\n\\-\\1']);
  });
});
