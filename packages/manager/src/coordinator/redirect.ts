import type { Answer } from './answer.ts';

/**
 * Where to send the same request again, when the answer is a redirect that may be followed: 307 and 308, which leave method and body as
 * they are, to the same origin. Every call carries a token in its headers and often in its body, so no other server gets it, and after
 * 301, 302 and 303 the request would be another one. Undefined otherwise: the answer then says which address to configure.
 */
export function redirectOf(answer: Answer, url: string): string | undefined {
  if (answer.kind !== 'answered' || (answer.status !== 307 && answer.status !== 308)) return undefined;
  const { location = '' } = answer.headers;
  if (!URL.canParse(location, url)) return undefined;
  const next = new URL(location, url);
  return next.origin === new URL(url).origin ? next.href : undefined;
}
