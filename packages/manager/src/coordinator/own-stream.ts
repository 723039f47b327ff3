/**
 * A stream that goes through somebody who would make the error of either end look like one of his own: `error` is what the stream itself
 * threw, if it did.
 */
export class OwnStream implements AsyncIterable<Uint8Array> {
  readonly #bytes: AsyncIterable<Uint8Array>;
  error: { readonly thrown: unknown } | undefined;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#bytes = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      yield* this.#bytes;
    } catch (thrown) {
      this.error = { thrown };
      throw thrown;
    }
  }
}
