import { randomBytes } from 'node:crypto';

/** Randomness, injected so that tests can repeat a run. */
export interface Random {
  /** A number in [0, 1), for jitter. */
  fraction(): number;
  /** `bytes` random bytes as lower-case hexadecimal, for ids and nonces. */
  hex(bytes: number): string;
}

/** Randomness from the operating system. */
export const systemRandom: Random = {
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  hex: (bytes) => randomBytes(bytes).toString('hex'),
};

/** The same "random" values for the same seed: for tests, chaos runs and benches, never for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction: next,
    hex: (bytes) =>
      Array.from({ length: bytes }, () =>
        Math.floor(next() * 256)
          .toString(16)
          .padStart(2, '0'),
      ).join(''),
  };
}
