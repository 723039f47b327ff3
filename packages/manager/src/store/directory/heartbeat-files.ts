import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unless } from './errno.ts';
import { fileNameOf, textOf } from '../file-name.ts';
import type { Staging } from './staging.ts';

const heartbeat = z.object({ count: z.int(), released: z.boolean() });

/** The heartbeats of all owners: one small file each, replaced as a whole at every beat. Only its owner writes it. */
export class HeartbeatFiles {
  readonly #folder: string;
  readonly #staging: Staging;

  constructor(folder: string, staging: Staging) {
    this.#folder = folder;
    this.#staging = staging;
  }

  async beat(owner: string, state: { readonly released: boolean }): Promise<void> {
    const name = `${fileNameOf(owner)}.json`;
    const count = ((await this.#read(name))?.count ?? 0) + 1;
    const text = JSON.stringify({ schema: 1, count, released: state.released });
    await this.#staging.write(text, (staged) => rename(staged, join(this.#folder, name)));
  }

  /** A heartbeat that can't be read never changes, so that its owner becomes stale. */
  async all(): Promise<{ owner: string; etag: string; released: boolean }[]> {
    const files = (await readdir(this.#folder)).filter((file) => file.endsWith('.json'));
    return Promise.all(
      files.map(async (file) => {
        const { count, released } = (await this.#read(file)) ?? { count: 0, released: false };
        return { owner: textOf(file.slice(0, -'.json'.length)), etag: `${count}${released ? '-released' : ''}`, released };
      }),
    );
  }

  async forget(owner: string): Promise<void> {
    await rm(join(this.#folder, `${fileNameOf(owner)}.json`), { force: true });
  }

  async #read(file: string): Promise<z.output<typeof heartbeat> | undefined> {
    const text = await unless(['ENOENT'], readFile(join(this.#folder, file), 'utf8'));
    try {
      return heartbeat.parse(JSON.parse(text ?? ''));
    } catch {
      return undefined;
    }
  }
}
