import { COLOURS } from './colours.ts';

/**
 * The last bytes of a trace that has reached its limit: what still fits of `bytes`, cut where a character ends, and one notice.
 */
export function cutAtLimit(bytes: Uint8Array, of: { readonly roomBytes: number; readonly limitBytes: number }): Uint8Array {
  let end = Math.max(0, Math.min(of.roomBytes, bytes.length));
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(limitNotice(of.limitBytes))]);
}

/** Says that the log ends here and the job does not. */
export function limitNotice(limitBytes: number): string {
  const sentences = `The log has reached its limit of ${limitBytes} bytes.\nThe job goes on; its further output is not kept.`;
  return `\n${COLOURS.boldYellow}${sentences}${COLOURS.reset}\n`;
}
