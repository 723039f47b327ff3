import { json, number, object, optional, type Shaped, tableOf, text } from '../wire/shape.ts';

/** The JSON shape of a recorded request. */
export const recordedRequest = object({
  seq: number,
  /** Wall time in milliseconds. */
  at: number,
  route: text,
  method: text,
  path: text,
  query: text,
  headers: tableOf(text),
  /** Bytes; for git, where bodies stream, the announced length or 0. */
  bodySize: number,
  /** The body, if it was JSON. Numbers above 2^53 lose digits here. */
  json: optional(json),
  /** Status of the answer; absent while there is none, or when the connection was dropped. */
  status: optional(number),
});

/** One request as the server saw it. */
export type RecordedRequest = Shaped<typeof recordedRequest>;

/** Keeps the latest requests. */
export class Recorder {
  readonly #keep: number;
  #requests: RecordedRequest[] = [];
  #next = 1;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get all(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** Notes a request; the function it returns adds the status of the answer. */
  add(request: Omit<RecordedRequest, 'seq' | 'status'>): (status: number) => void {
    const seq = this.#next++;
    this.#requests.push({ ...request, seq });
    if (this.#requests.length > this.#keep * 2) this.#requests = this.#requests.slice(-this.#keep);
    return (status) => {
      const at = this.#requests.findLastIndex((each) => each.seq === seq);
      if (at >= 0) this.#requests[at] = { ...request, seq, status };
    };
  }
}
