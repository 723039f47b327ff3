import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A text as it lies in the bucket: one line of JSON that names the write it came by, a line feed, the text. */
export interface MarkedText {
  readonly mark: string | undefined;
  readonly text: string;
}

const header = z.object({ write: z.string() });

/**
 * The mark of a write, by which its writer knows it again when the answer was lost: made of what is written and of the version that it
 * replaces. So the same write again has the same mark, and no other write has; and an ETag, which may be the MD5 of the body, never
 * comes back when a text does.
 */
export function markOf(text: string, replaces: string | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify([replaces ?? '', text]))
    .digest('hex');
}

/** The body of an object. */
export function withMark(mark: string, text: string): string {
  return `${JSON.stringify({ schema: 1, write: mark })}\n${text}`;
}

/** The parts of a body. One without a mark was not written by a manager; its text is all of it. */
export function readMarked(body: string): MarkedText {
  const end = body.indexOf('\n');
  const parsed = header.safeParse(parseJson(body.slice(0, Math.max(0, end))));
  return parsed.success ? { mark: parsed.data.write, text: body.slice(end + 1) } : { mark: undefined, text: body };
}

/** The parser's own message quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
