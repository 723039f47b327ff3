import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fields } from '../json-fields.ts';
import type { StoredObject } from './stored-object.ts';

const DESCRIPTION = '.json';
const BODY = '.body';

/**
 * The objects of a bucket as files, so that they outlive the emulator: `<hash of the key>.body` and `.json` beside it. Each is written aside
 * and renamed, the description last: an object without one was never written. Bodies are read when somebody wants them.
 */
export class ObjectFolder {
  readonly #path: string;

  /** Makes the folder. Throws what the file system says where that can't be. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true });
  }

  /** Everything that an earlier emulator left; what can't be read is not there. */
  load(): readonly StoredObject[] {
    return readdirSync(this.#path)
      .filter((file) => file.endsWith(DESCRIPTION))
      .flatMap((file) => this.#read(join(this.#path, file)));
  }

  /** Writes the object; gives it back with its body on disk. */
  keep(object: StoredObject): StoredObject {
    const { body, headers, checksums, ...plain } = object;
    this.#write(this.#fileOf(object.key, BODY), body);
    const description = { ...plain, headers: Object.fromEntries(headers), checksums: Object.fromEntries(checksums) };
    this.#write(this.#fileOf(object.key, DESCRIPTION), JSON.stringify(description));
    return this.#onDisk(object);
  }

  remove(key: string): void {
    for (const ending of [DESCRIPTION, BODY]) rmSync(this.#fileOf(key, ending), { force: true });
  }

  #read(file: string): StoredObject[] {
    try {
      const fields = Fields.of(JSON.parse(readFileSync(file, 'utf8')));
      const texts = (name: string) => new Map(Object.keys(fields.object(name).raw).map((key) => [key, fields.object(name).string(key)]));
      const object = {
        key: fields.string('key'),
        etag: fields.string('etag'),
        lastModified: fields.number('lastModified'),
        headers: texts('headers'),
        checksums: texts('checksums'),
      };
      return [this.#onDisk(object)];
    } catch {
      return [];
    }
  }

  #onDisk(object: Omit<StoredObject, 'body'>): StoredObject {
    const file = this.#fileOf(object.key, BODY);
    const { key, etag, lastModified, headers, checksums } = object;
    return {
      key,
      etag,
      lastModified,
      headers,
      checksums,
      get body() {
        return readFileSync(file);
      },
    };
  }

  #write(file: string, content: string | Buffer): void {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  }

  #fileOf(key: string, ending: string): string {
    return join(this.#path, `${createHash('sha256').update(key).digest('hex')}${ending}`);
  }
}
