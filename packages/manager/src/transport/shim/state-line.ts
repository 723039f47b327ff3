import { z } from 'zod';
import type { Asked } from './asked.ts';

const answerSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('ok') }),
  z.object({ answer: z.literal('stale'), generation: z.int().nonnegative() }),
  z.object({ answer: z.literal('full'), again: z.boolean() }),
  z.object({ answer: z.literal('broken'), cause: z.string().max(1000) }),
]);

/**
 * Reads one state line. `schema` says which fields an `ok` has; fields that a later version added are left out. What can't be read is
 * `broken`, and its cause quotes nothing of it.
 */
export function parseStateLine<T>(line: string, schema: z.ZodType<T>): Asked<T> {
  const said = parsedJson(line);
  const answer = answerSchema.safeParse(said);
  if (!answer.success) return { kind: 'broken', cause: 'the shim gave an answer that can not be read' };
  switch (answer.data.answer) {
    case 'ok':
      return fieldsOf(said, schema);
    case 'stale':
      return { kind: 'stale', generation: answer.data.generation };
    case 'full':
      return { kind: 'full', again: answer.data.again };
    case 'broken':
      return { kind: 'broken', cause: printable(answer.data.cause) };
  }
}

function fieldsOf<T>(said: unknown, schema: z.ZodType<T>): Asked<T> {
  const fields = schema.safeParse(said);
  if (fields.success) return { kind: 'ok', fields: fields.data };
  const paths = fields.error.issues.map((issue) => issue.path.join('.')).join(', ');
  return { kind: 'broken', cause: `the shim gave an answer that can not be (${printable(paths)})` };
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}
