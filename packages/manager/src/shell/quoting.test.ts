import { CodedError } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from './quoting.ts';
import { SHELLS, WorkerRig } from './worker-rig.contract.ts';

/** One shell prints many words: starting a process for each would make the property slow. */
function printing(words: readonly string[]): string {
  return words.map((word) => `printf '%s\\0' ${quote(word)}`).join('\n');
}

const withoutNul = (text: string) => text.replaceAll('\0', '');
const anyText = fc.string({ unit: 'binary', maxLength: 60 }).map(withoutNul);
const traps = fc
  .array(fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\r', ' ', ';', '&', '!', '*', '~', '#', '-', '$(id)', "'\\''", '%s'), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

describe.each(SHELLS)('quote under $name', (shell) => {
  it('gives every text back unchanged, nested in another quotation or not', async () => {
    await using rig = await WorkerRig.start(shell);
    const batch = fc.array(fc.oneof(anyText, traps), { minLength: 100, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(batch, async (words) => {
        const plain = await rig.run(printing(words));
        const nested = await rig.run(`eval ${quote(printing(words))}`);
        expect(plain.output.split('\0').slice(0, -1)).toEqual(words.map((word) => Buffer.from(word).toString()));
        expect(nested).toEqual(plain);
      }),
      { numRuns: 5 },
    );
  });

  it('gives every byte but NUL back unchanged, also where it is no valid text', async () => {
    await using rig = await WorkerRig.start(shell);
    const bytes = Buffer.from(Array.from({ length: 255 * 256 }, (_, at) => ((at * 7919) % 255) + 1));
    const { output } = await rig.run(Buffer.from(`printf '%s' ${quote(bytes.toString('latin1'))} | od -An -v -tx1`, 'latin1'));
    expect(output.replaceAll(/\s/g, '')).toBe(bytes.toString('hex'));
  });
});

describe('quote', () => {
  it('refuses NUL and names whose value it is in', () => {
    expect(() => quote('a\0b', 'MY_KEY')).toThrow(CodedError);
    expect(() => quote('a\0b', 'MY_KEY')).toThrow(/MY_KEY: a NUL/);
  });
});
