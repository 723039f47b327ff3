import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** There is no room for another archive. The message is for people. */
export class SpoolFull extends Error {}

/** Archives that must be whole before they can be unpacked, on the manager's disk: all jobs together so many bytes, and each no longer than it is used. */
export class Spool {
  readonly #mostBytes: number;
  #usedBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Keeps the bytes in a file for as long as `use` runs. Throws `SpoolFull`, and what the bytes or `use` throw. */
  async keep(bytes: AsyncIterable<Uint8Array>, use: (path: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'fargate-gitlab-runner-'));
    let size = 0;
    const counted = async function* (this: Spool) {
      for await (const piece of bytes) {
        size += piece.length;
        this.#take(piece.length);
        yield piece;
      }
    };
    try {
      const path = join(folder, 'archive');
      await pipeline(counted.call(this), createWriteStream(path)).catch(fullDisk);
      await use(path);
    } finally {
      this.#usedBytes -= size;
      await rm(folder, { recursive: true, force: true });
    }
  }

  #take(bytes: number): void {
    this.#usedBytes += bytes;
    if (this.#usedBytes > this.#mostBytes)
      throw new SpoolFull(
        `the archives that the manager unpacks for workers without unzip take more than ${Math.round(this.#mostBytes / 1e9)} GB together: install unzip in the image of the worker`,
      );
  }
}

function fullDisk(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOSPC') throw error;
  throw new SpoolFull("the manager's disk is full: give it more, or install unzip in the image of the worker");
}
