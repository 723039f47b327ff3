import { describe, expect, it } from 'vitest';
import { errorsPage, generate } from './errors-reference.ts';

const MEANING = { what: 'the disk is <full>', cure: 'make room | buy a disk' };

function pageOf(text: string, codes: readonly string[], path = 'packages/config/src/load.ts'): string {
  return errorsPage([{ path, text }], new Map(codes.map((code) => [code, MEANING])));
}

describe('the reference of the error codes', () => {
  it('explains every code that the sources use, and no other', async () => {
    const [page] = await generate();
    expect(page?.path).toBe('docs/reference/errors.md');
    expect(page?.content).toContain('| `FR_CONFIG_TOKEN_MISSING` | config | the runner has no token |');
    expect(page?.content).toContain('| `FR_FLEET_QUOTA` | manager/fleet |');
  });

  it('refuses a code without a meaning', () => {
    expect(() => pageOf("const problem = { code: 'FR_DISK_FULL', what };", [])).toThrow('FR_DISK_FULL has no meaning');
  });

  it('refuses a meaning without a code', () => {
    expect(() => pageOf('', ['FR_DISK_FULL'])).toThrow('FR_DISK_FULL has a meaning, but no source uses it');
  });

  it('names all that is wrong at once', () => {
    expect(() => pageOf("throw coded('FR_A'); throw coded('FR_B');", ['FR_C'])).toThrow(/FR_A.*\n.*FR_B.*\n.*FR_C/);
  });

  it('takes the keys of a table for codes, but neither comments nor template types', () => {
    const text = [
      '/** Throws `FR_COMMENT`. */',
      "// was 'FR_OLD'",
      " * and 'FR_STAR'",
      'const TABLE = {',
      '  FR_DISK_FULL: error(),',
      '} satisfies Record<`FR_DISK_$' + '{string}`, Row>;',
    ].join('\n');
    expect(pageOf(text, ['FR_DISK_FULL'])).toContain('| `FR_DISK_FULL` | config | the disk is &lt;full> | make room \\| buy a disk |');
  });

  it.each([
    ['packages/manager/src/fleet/aws/x.ts', 'manager/fleet'],
    ['packages/manager/src/main.ts', 'manager'],
    ['packages/cli/src/local/git.ts', 'cli'],
    ['emulators/gitlab/src/wire/shape.ts', 'emulators/gitlab'],
  ])('calls the room of %s %s', (path, room) => {
    expect(pageOf("'FR_DISK_FULL'", ['FR_DISK_FULL'], path)).toContain(`| \`FR_DISK_FULL\` | ${room} |`);
  });

  it('lists the codes in alphabetical order, with every room that uses them', () => {
    const files = [
      { path: 'packages/cli/src/a.ts', text: "'FR_B' 'FR_A'" },
      { path: 'emulators/aws/src/b.ts', text: '"FR_B"' },
    ];
    const page = errorsPage(files, new Map(['FR_A', 'FR_B'].map((code) => [code, MEANING])));
    expect(page.match(/^\| `.*?` \| [^|]*/gm)).toEqual(['| `FR_A` | cli ', '| `FR_B` | cli, emulators/aws ']);
  });
});
