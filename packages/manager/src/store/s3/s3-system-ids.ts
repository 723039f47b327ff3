import { STORE_KEYS } from '@fargate-gitlab-runner/blueprint';
import { z } from 'zod';
import { fileNameOf, textOf } from '../file-name.ts';
import { checkedSystemId } from '../system-id.ts';
import { inParallel } from './in-parallel.ts';
import { MarkedObjects } from './marked-objects.ts';
import type { S3Objects } from './s3-objects.ts';

const TRIES = 20;
const READERS = 8;
const slot = z.object({ holder: z.string() });

/** The system ids of a store in S3, `system-ids/<id>`: each is a slot that one owner holds. */
export class S3SystemIds {
  readonly #objects: S3Objects;
  readonly #marked: MarkedObjects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
    this.#marked = new MarkedObjects(objects);
  }

  /** The id that the owner holds already, else one whose holder is free, else a new one. */
  async take(of: { readonly owner: string; isFree(holder: string): boolean; make(): string }): Promise<string> {
    const slots = await this.#slots();
    const own = slots.find(({ holder }) => holder === of.owner);
    if (own) return own.id;
    for (const { id, holder, etag } of slots) {
      if (of.isFree(holder) && (await this.#isTaken(id, of.owner, etag))) return id;
    }
    for (let turn = 0; turn < TRIES; turn++) {
      const id = checkedSystemId(of.make());
      if (await this.#isTaken(id, of.owner, undefined)) return id;
    }
    throw new Error(`no new system id after ${TRIES} tries`);
  }

  /** Every id and who holds it. */
  async all(): Promise<{ id: string; holder: string }[]> {
    return (await this.#slots()).map(({ id, holder }) => ({ id, holder }));
  }

  async #isTaken(id: string, owner: string, replaces: string | undefined): Promise<boolean> {
    const key = STORE_KEYS.systemIds + fileNameOf(id);
    const text = JSON.stringify({ schema: 1, holder: owner });
    return (await this.#marked.swap({ key, text, replaces })).kind === 'written';
  }

  /** In the order of their ids. */
  async #slots(): Promise<{ id: string; holder: string; etag: string }[]> {
    const slots: { id: string; holder: string; etag: string }[] = [];
    await inParallel(READERS, await this.#objects.list(STORE_KEYS.systemIds), async ({ name }) => {
      const found = await this.#marked.get(STORE_KEYS.systemIds + name);
      const parsed = slot.safeParse(parseJson(found?.text ?? ''));
      if (found && parsed.success) slots.push({ id: textOf(name), holder: parsed.data.holder, etag: found.etag });
    });
    return slots.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
