import { isUtf8 } from 'node:buffer';

const LEAD_OF_TWO = 0xc0;
const LEAD_OF_THREE = 0xe0;
const LEAD_OF_FOUR = 0xf0;

/**
 * Turns a stream of bytes into valid UTF-8: what isn't becomes U+FFFD, as the WHATWG decoder does it. A character that is cut by the
 * end of a buffer is held back (at most 3 bytes) until the rest comes.
 */
export class Utf8Repair {
  #held: Uint8Array;

  /** `held`: the state of a predecessor (base64). */
  constructor(held = '') {
    this.#held = Buffer.from(held, 'base64');
  }

  write(bytes: Uint8Array): Uint8Array {
    const text = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const whole = text.length - unfinishedAtEnd(text);
    this.#held = Uint8Array.from(text.subarray(whole));
    return repaired(text.subarray(0, whole));
  }

  /** The stream ends here: half a character is invalid. */
  end(): Uint8Array {
    const rest = this.#held;
    this.#held = new Uint8Array();
    return repaired(rest);
  }

  state(): string {
    return Buffer.from(this.#held).toString('base64');
  }
}

function repaired(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes)) return bytes;
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
}

/** How many bytes at the end may be the beginning of a character. A lead byte always begins one, whatever came before it. */
function unfinishedAtEnd(text: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, text.length); count++) {
    const byte = text[text.length - count] ?? 0;
    if (byte >= LEAD_OF_TWO) return lengthBy(byte) > count ? count : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function lengthBy(lead: number): number {
  if (lead >= LEAD_OF_FOUR) return 4;
  return lead >= LEAD_OF_THREE ? 3 : 2;
}
