import type { Dispatcher } from 'undici';
import type { Answered } from './answer.ts';

/** More than any job payload; the rest of a longer body is not read. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Reads a response to its end, or as far as it comes. `requestId` is ours; the one in the response wins. */
export async function readAnswer(response: Dispatcher.ResponseData, requestId: string): Promise<Answered> {
  const headers = singleHeaders(response.headers);
  const { text, isWhole } = await readBody(response.body);
  return { kind: 'answered', status: response.statusCode, headers, body: text, isWhole, requestId: headers['x-request-id'] ?? requestId };
}

function singleHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : (value ?? '')] as const);
  return Object.fromEntries(entries);
}

async function readBody(body: Dispatcher.ResponseData['body']): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = true;
  try {
    for await (const part of body) {
      if (!(part instanceof Uint8Array)) continue;
      size += part.length;
      isWhole = size <= MAX_BODY_BYTES;
      if (!isWhole) break;
      parts.push(part);
    }
  } catch {
    // What has come counts: a job in a body that was cut can still be failed by name.
    isWhole = false;
  }
  return { text: Buffer.concat(parts).toString('utf8'), isWhole };
}
