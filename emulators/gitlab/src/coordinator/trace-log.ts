import { crc32 } from 'node:zlib';

/** What GitLab has stored of one job's log: bytes in the order they were accepted. */
export class TraceLog {
  #pieces: Buffer[] = [];
  #size = 0;
  #crc = 0;
  #appends = 0;
  #wasTruncated = false;

  /** Bytes stored. */
  get size(): number {
    return this.#size;
  }

  /** Whether something was forgotten behind the runner's back. */
  get wasTruncated(): boolean {
    return this.#wasTruncated;
  }

  /** How many times something was appended. */
  get appends(): number {
    return this.#appends;
  }

  /** CRC-32 (IEEE) of everything stored, the way runners write it: `crc32:` and eight lower-case hexadecimal digits. */
  get checksum(): string {
    return `crc32:${this.#crc.toString(16).padStart(8, '0')}`;
  }

  append(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
    this.#appends++;
  }

  /** Everything stored, as one buffer. */
  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** Forgets everything from byte `size` on. */
  truncate(size: number): void {
    const kept = Buffer.from(this.bytes().subarray(0, Math.max(0, size)));
    this.#wasTruncated = true;
    this.#pieces = [kept];
    this.#size = kept.length;
    this.#crc = crc32(kept);
  }
}
