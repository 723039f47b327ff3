import { open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@fargate-gitlab-runner/kernel';
import { unless } from './errno.ts';

/**
 * The folder in which files are written before they get their name, and into which folders are moved before they are removed.
 * What a crash leaves in it belongs to nobody.
 */
export class Staging {
  readonly #folder: string;
  readonly #random: Random;

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
  }

  /** Writes a file (0600), makes it durable, lets `publish` give it its name, and takes the staged name away. */
  async write<T>(text: string, publish: (staged: string) => Promise<T>): Promise<T> {
    const staged = this.#freshPath();
    try {
      await writeDurably(staged, text);
      return await publish(staged);
    } finally {
      await unless(['ENOENT'], unlink(staged));
    }
  }

  /** Removes a folder with all that is in it, in one step as others see it. */
  async discard(folder: string): Promise<void> {
    const staged = this.#freshPath();
    await unless(['ENOENT'], rename(folder, staged));
    await rm(staged, { recursive: true, force: true });
  }

  /** Removes what was left behind before `time` (milliseconds since the epoch). */
  async sweep(time: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const entry = await unless(['ENOENT'], stat(path));
      if (entry && entry.mtimeMs < time) await rm(path, { recursive: true, force: true });
    }
  }

  #freshPath(): string {
    return join(this.#folder, `${process.pid}-${this.#random.hex(8)}`);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
