import type { Answered } from './answer.ts';

/** The longest wait that GitLab or a proxy before it may impose on one retry. */
const LONGEST_WAIT_MS = 60_000;
const RFC_1123 =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC)$/;

/**
 * How long the other side wants us to wait before we try again, in milliseconds, at most 60 s: `RateLimit-ResetTime` (a date to come)
 * wins over `Retry-After` (whole seconds above 0). Undefined when neither says so. Source: GitLab runner API, retries.
 */
export function waitHintOf({ headers }: Answered, nowMs: number): number | undefined {
  const wait = untilReset(headers['ratelimit-resettime'], nowMs) ?? afterSeconds(headers['retry-after']);
  return wait === undefined ? undefined : Math.min(wait, LONGEST_WAIT_MS);
}

function untilReset(date: string | undefined, nowMs: number): number | undefined {
  if (date === undefined || !RFC_1123.test(date)) return undefined;
  const wait = Date.parse(date) - nowMs;
  return wait > 0 ? wait : undefined;
}

function afterSeconds(text: string | undefined): number | undefined {
  const seconds = text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
  return seconds > 0 ? seconds * 1000 : undefined;
}
