import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { ed25519Keys } from './ed25519-keys.ts';

it('makes whole keys only, though one in 256 of the library is not', () => {
  const parsed = Array.from({ length: 1500 }, () => ssh2.utils.parseKey(ed25519Keys().privateKey));
  expect(parsed.filter((key) => key instanceof Error)).toEqual([]);
});
