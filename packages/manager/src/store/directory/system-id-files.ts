import { z } from 'zod';
import { checkedSystemId } from '../system-id.ts';
import { fileNameOf, textOf } from '../file-name.ts';
import type { VersionedFiles } from './versioned-files.ts';

const TRIES = 20;
const slot = z.object({ holder: z.string() });

/** Who asks for a system id, and on what terms; see JobStore.takeSystemId. */
export interface SystemIdRequest {
  readonly owner: string;
  isFree(holder: string): boolean;
  make(): string;
}

/** The system ids of a store: each is a slot that one owner holds. */
export class SystemIdFiles {
  readonly #files: VersionedFiles;

  constructor(files: VersionedFiles) {
    this.#files = files;
  }

  /** The id that the owner holds already, else one whose holder is free, else a new one. */
  async take(request: SystemIdRequest): Promise<string> {
    const slots = await this.#slots();
    const own = slots.find((entry) => entry.holder === request.owner);
    if (own) return own.id;
    const text = JSON.stringify({ schema: 1, holder: request.owner });
    for (const entry of slots) {
      if (request.isFree(entry.holder) && (await this.#files.add(fileNameOf(entry.id), entry.version, text))) return entry.id;
    }
    for (let turn = 0; turn < TRIES; turn++) {
      const id = checkedSystemId(request.make());
      if (await this.#files.add(fileNameOf(id), 0, text)) return id;
    }
    throw new Error(`no new system id after ${TRIES} tries`);
  }

  /** Every id and who holds it. */
  async all(): Promise<{ id: string; holder: string }[]> {
    return (await this.#slots()).map(({ id, holder }) => ({ id, holder }));
  }

  async #slots(): Promise<{ id: string; holder: string; version: number }[]> {
    const slots: { id: string; holder: string; version: number }[] = [];
    for (const name of [...(await this.#files.names())].sort()) {
      const entry = await this.#files.read(name);
      const parsed = entry && slot.safeParse(parseJson(entry.text));
      if (entry && parsed?.success) slots.push({ id: textOf(name), holder: parsed.data.holder, version: entry.version });
    }
    return slots;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
