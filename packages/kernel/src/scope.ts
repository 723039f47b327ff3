type Release = () => void | Promise<void>;

/**
 * What was opened together is closed together, last opened first, exactly once. `AsyncDisposableStack` would serve, but
 * Node 20 and 22 do not have it.
 *
 * Life: open -> closing -> closed. Gotchas: closing twice is the same promise; a release that throws does not keep the
 * others from running, and the first error is what `close` rejects with.
 */
export class Scope implements AsyncDisposable {
  readonly #releases: { readonly name: string; readonly release: Release }[] = [];
  #closing: Promise<void> | undefined;

  /** Hands `thing` back and disposes it with the scope. */
  use<T extends AsyncDisposable | Disposable>(name: string, thing: T): T {
    this.defer(name, async () => {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
      else thing[Symbol.dispose]();
    });
    return thing;
  }

  /** Runs `release` when the scope closes. `name` is what an error about it will call it. */
  defer(name: string, release: Release): void {
    if (this.#closing) throw new Error(`the scope is closed: ${name} can't be added any more`);
    this.#releases.push({ name, release });
  }

  /** Starts work that nobody awaits, and waits for it when the scope closes. Its failure goes to `onError`. */
  background(name: string, work: Promise<unknown>, onError: (error: unknown) => void): void {
    const settled = work.then(() => undefined, onError);
    this.defer(name, () => settled);
  }

  close(): Promise<void> {
    this.#closing ??= this.#releaseAll();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #releaseAll(): Promise<void> {
    const errors: Error[] = [];
    for (let entry = this.#releases.pop(); entry; entry = this.#releases.pop()) {
      try {
        await entry.release();
      } catch (cause) {
        errors.push(new Error(`releasing ${entry.name} failed`, { cause }));
      }
    }
    if (errors[0]) throw errors[0];
  }
}
