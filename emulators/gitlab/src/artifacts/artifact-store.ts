import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { Artifact } from './artifact.ts';

const SIGNED_FOR_SECONDS = 600;

/**
 * Where artifacts lie: a temporary folder that is made for the first one and goes with the server, and the signed addresses at
 * which an object storage serves them.
 */
export class ArtifactStore {
  /** Address of the object storage, without a slash at the end; known once it listens. */
  url = '';
  readonly #tools: { readonly clock: Clock; readonly random: Random };
  readonly #signed = new Map<string, { readonly artifact: Artifact; readonly until: number }>();
  #folder: Promise<string> | undefined;
  #next = 1;

  constructor(tools: { readonly clock: Clock; readonly random: Random }) {
    this.#tools = tools;
  }

  /** A path for one more file. */
  async newPath(): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'emulator-gitlab-artifacts-'));
    return join(await this.#folder, String(this.#next++));
  }

  /** An address at the object storage that serves the artifact for ten minutes. */
  sign(artifact: Artifact): string {
    const signature = this.#tools.random.hex(32);
    const until = this.#tools.clock.now() + SIGNED_FOR_SECONDS * 1000;
    this.#signed.set(signature, { artifact, until });
    const query = new URLSearchParams({ 'X-Amz-Expires': String(SIGNED_FOR_SECONDS), 'X-Amz-Signature': signature });
    return `${this.url}/artifacts/${artifact.sha256}?${query}`;
  }

  /** What a signature opens, while it is valid. */
  signed(signature: string): Artifact | undefined {
    const entry = this.#signed.get(signature);
    return entry && entry.until > this.#tools.clock.now() ? entry.artifact : undefined;
  }

  async close(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }
}
