import { STORE_KEYS } from '@fargate-gitlab-runner/blueprint';
import type { Random } from '@fargate-gitlab-runner/kernel';
import { fileNameOf, textOf } from '../file-name.ts';
import type { S3Objects } from './s3-objects.ts';

/**
 * The heartbeats in S3: `owners/<owner>/beat`, new at every beat, and `owners/<owner>/released` once its jobs are free. Two objects, because
 * a beat that was given up as lost may arrive after the release and must not undo it; and because a list then says all there is to know, so
 * that watching others costs one request. Only its owner writes them, so no condition is needed.
 */
export class S3Heartbeats {
  readonly #objects: S3Objects;
  readonly #random: Random;

  constructor(objects: S3Objects, random: Random) {
    this.#objects = objects;
    this.#random = random;
  }

  async beat(owner: string, { released }: { readonly released: boolean }): Promise<void> {
    const text = JSON.stringify({ schema: 1, beat: this.#random.hex(8) });
    await this.#objects.put(keyOf(owner, released ? 'released' : 'beat'), text);
  }

  async all(): Promise<{ owner: string; etag: string; released: boolean }[]> {
    const owners = new Map<string, { owner: string; etag: string; released: boolean }>();
    for (const { name, etag } of await this.#objects.list(STORE_KEYS.owners)) {
      const [file = '', what] = name.split('/');
      const seen = owners.get(file);
      const released = what === 'released' || (seen?.released ?? false);
      owners.set(file, { owner: textOf(file), etag: `${seen?.etag ?? ''}${etag}`, released });
    }
    return [...owners.values()];
  }

  async forget(owner: string): Promise<void> {
    await this.#objects.delete(keyOf(owner, 'beat'));
    await this.#objects.delete(keyOf(owner, 'released'));
  }
}

function keyOf(owner: string, what: 'beat' | 'released'): string {
  return `${STORE_KEYS.owners}${fileNameOf(owner)}/${what}`;
}
