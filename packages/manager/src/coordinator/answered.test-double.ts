import type { Answered } from './answer.ts';

/** An answer as the network would have brought it; JSON bodies are announced as such. */
export function answered(status: number, headers: Readonly<Record<string, string>> = {}, body: unknown = undefined): Answered {
  const json = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  return {
    kind: 'answered',
    status,
    headers: { ...json, ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
    isWhole: true,
    requestId: 'abc',
  };
}
