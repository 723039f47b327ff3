import { Secret } from '@fargate-gitlab-runner/kernel';
import type { JobCredentials } from './coordinator.ts';

/** One piece of JSON: a text in quotes, a bracket, colon or comma, or a number or word. */
const PIECES = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+)/gsuy;
const DEPTH: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/**
 * The job's id and token out of a payload that can't be parsed: cut off, or broken further on. Looks only at keys of the outermost
 * object, as far as the text is JSON. Never throws.
 */
export function salvageJob(body: string): JobCredentials | undefined {
  const id = unquoted(topLevelValue(body, 'id'));
  const token = unquoted(topLevelValue(body, 'token'));
  if (!/^\d{1,20}$/.test(id) || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  return { id, token: new Secret(token) };
}

function topLevelValue(body: string, key: string): string {
  const keyAndColon = `"${key}":`;
  let depth = 0;
  let last = ['', ''];
  try {
    for (const [, piece = ''] of body.matchAll(PIECES)) {
      if (depth === 1 && last.join('') === keyAndColon) return piece;
      depth += DEPTH[piece] ?? 0;
      last = [last[1] ?? '', piece];
    }
  } catch {
    // A text of millions of escapes is more than a regular expression can take.
  }
  return '';
}

function unquoted(piece: string): string {
  if (!piece.startsWith('"')) return piece;
  try {
    return String(JSON.parse(piece));
  } catch {
    return '';
  }
}
