/** What the shim prints before the first byte that counts. */
const MARK = Buffer.from('fargate-gitlab-runner\n');
/** More noise than this is none of a login file. */
const NOISE_BYTES = 64 * 1024;

/** Drops what comes before the shim's mark: a login shell may source files that print, even for a command. */
export class MarkedOutput {
  readonly #onBytes: (bytes: Buffer) => void | Promise<void>;
  #noise: Buffer | undefined = Buffer.alloc(0);

  constructor(onBytes: (bytes: Buffer) => void | Promise<void>) {
    this.#onBytes = onBytes;
  }

  /** Passes on what follows the mark. Output without one is never passed on. */
  take(bytes: Buffer): void | Promise<void> {
    if (this.#noise === undefined) return this.#onBytes(bytes);
    const all = Buffer.concat([this.#noise, bytes]);
    const at = all.indexOf(MARK);
    if (at < 0) {
      this.#noise = all.subarray(-NOISE_BYTES);
      return;
    }
    this.#noise = undefined;
    const rest = all.subarray(at + MARK.length);
    if (rest.length > 0) return this.#onBytes(rest);
  }
}
