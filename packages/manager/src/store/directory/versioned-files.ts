import { link, mkdir, open, readdir, readFile, rmdir, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, unless } from './errno.ts';
import type { Staging } from './staging.ts';

/** A text and the number of its version. */
export interface VersionedText {
  readonly version: number;
  readonly text: string;
}

const KEPT_NAMES = 1000;
const TRIES = 100;

/**
 * Texts that several processes change by compare-and-swap, without locks: version n of a text is the file `<name>/<n>.json`. Names must
 * be fit for a file system.
 *
 * Life of a version: written and synced in staging -> `link()`ed to the next number, which exactly one writer can do -> current
 * until there is a higher number -> emptied. Gotchas: the *name* of an old version stays, though empty, because a slow writer could
 * otherwise link a number that was used before and believe it had won. A reader looks at the names again after reading: only a
 * version that is still the newest was certainly not being emptied.
 */
export class VersionedFiles {
  readonly #folder: string;
  readonly #staging: Staging;

  constructor(folder: string, staging: Staging) {
    this.#folder = folder;
    this.#staging = staging;
  }

  /** The names in use, in no order; some may have no version yet. */
  names(): Promise<readonly string[]> {
    return readdir(this.#folder);
  }

  /** The current version, or undefined when there is none. */
  async read(name: string): Promise<VersionedText | undefined> {
    let newest = await this.#newest(name);
    for (let turn = 0; turn < TRIES && newest > 0; turn++) {
      const text = await unless(['ENOENT'], readFile(this.#pathOf(name, newest), 'utf8'));
      const now = await this.#newest(name);
      if (now === newest && text !== undefined) return { version: newest, text };
      newest = now;
    }
    if (newest > 0) throw new Error(`${name} changed ${TRIES} times while it was being read`);
    return undefined;
  }

  /** Makes `text` the version after `version` (0: the first), unless somebody else did. Says whether it is ours. */
  async add(name: string, version: number, text: string): Promise<boolean> {
    if ((await this.#newest(name)) !== version) return false;
    const isOurs = await this.#staging.write(text, (staged) => this.#publish(staged, name, version + 1));
    if (isOurs) await this.#retire(name, version);
    return isOurs;
  }

  /** Removes every version and the name. */
  async remove(name: string): Promise<void> {
    await this.#staging.discard(this.#folderOf(name));
  }

  /** Removes the name if it has no version: a crash can leave one. */
  async removeEmpty(name: string): Promise<void> {
    await unless(['ENOENT', 'ENOTEMPTY', 'EEXIST'], rmdir(this.#folderOf(name)));
  }

  async #publish(staged: string, name: string, version: number): Promise<boolean> {
    if (version > 1) return (await this.#tryLink(staged, name, version)) === 'linked';
    for (let turn = 0; turn < TRIES; turn++) {
      await mkdir(this.#folderOf(name), { recursive: true, mode: 0o700 });
      const outcome = await this.#tryLink(staged, name, version);
      if (outcome === 'linked') await syncFolder(this.#folder);
      if (outcome !== 'no folder') return outcome === 'linked';
    }
    throw new Error(`the folder of ${name} keeps vanishing`);
  }

  async #tryLink(staged: string, name: string, version: number): Promise<'linked' | 'taken' | 'no folder'> {
    try {
      await link(staged, this.#pathOf(name, version));
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return 'taken';
      if (isErrno(error, 'ENOENT')) return 'no folder';
      throw error;
    }
    await syncFolder(this.#folderOf(name));
    return 'linked';
  }

  async #retire(name: string, version: number): Promise<void> {
    if (version > 0) await unless(['ENOENT'], truncate(this.#pathOf(name, version)));
    if (version > KEPT_NAMES) await unless(['ENOENT'], unlink(this.#pathOf(name, version - KEPT_NAMES)));
  }

  async #newest(name: string): Promise<number> {
    const files = (await unless(['ENOENT'], readdir(this.#folderOf(name)))) ?? [];
    return files.reduce((newest, file) => Math.max(newest, Number(/^([1-9]\d{0,14})\.json$/.exec(file)?.[1] ?? 0)), 0);
  }

  #folderOf(name: string): string {
    return join(this.#folder, name);
  }

  #pathOf(name: string, version: number): string {
    return join(this.#folderOf(name), `${version}.json`);
  }
}

/** Makes a new name durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
