import type { PipedScript } from './shim.ts';

/** A script is one word of a command line in the worker, and Linux takes no longer ones than 128 KiB. */
const MOST_BYTES = 32 * 1024;

/**
 * What `pipe` reads: the script as one line that `printf %b` turns back, then the input. Throws for a script that is too long or has a NUL
 * in it.
 */
export async function* withScript({ script, input }: Pick<PipedScript, 'script' | 'input'>): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(script);
  if (bytes.length > MOST_BYTES || bytes.includes(0)) throw new Error(`not a script for a pipe: ${bytes.length} bytes`);
  yield Buffer.from(`${[...bytes].map(asWritten).join('')}\n`);
  if (input) yield* input;
}

/** Octal with a leading zero is the form that every printf knows. */
function asWritten(byte: number): string {
  return byte > 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`;
}
