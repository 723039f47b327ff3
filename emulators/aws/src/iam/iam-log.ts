import type { IamRequest } from './iam-request.ts';

/** How many different questions are kept. */
const KEPT = 5_000;

/** Every different question that the calls so far have put to IAM, in the order of their first time. */
export class IamLog {
  readonly #requests = new Map<string, IamRequest>();

  add(requests: readonly IamRequest[]): void {
    for (const request of requests) if (this.#requests.size < KEPT) this.#requests.set(JSON.stringify(request), request);
  }

  all(): readonly IamRequest[] {
    return [...this.#requests.values()];
  }

  clear(): void {
    this.#requests.clear();
  }
}
