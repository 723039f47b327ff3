/**
 * What one request to GitLab came to. `unanswered`: no response, or not even a connection. `body` is UTF-8 text, cut when it was
 * too long or the connection broke (`isWhole: false`). Header names are lower case. `requestId` finds the request in GitLab's logs.
 */
export type Answer = Answered | { readonly kind: 'unanswered'; readonly cause: string };

/** A response. */
export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isWhole: boolean;
  readonly requestId: string;
}

/** The media type of a response, without parameters, in lower case; empty when there is none. */
export function mediaTypeOf(answer: Answered): string {
  return (answer.headers['content-type']?.split(';')[0] ?? '').trim().toLowerCase();
}

/** The body as JSON, if it is whole and announced as such. Numbers above 2^53 lose digits. */
export function jsonOf(answer: Answered): unknown {
  if (!answer.isWhole || mediaTypeOf(answer) !== 'application/json') return undefined;
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}
