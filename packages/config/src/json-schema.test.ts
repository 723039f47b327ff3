import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configJsonSchema } from './json-schema.ts';

const folder = fileURLToPath(new URL('../golden/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml') || name === 'list.json');

/** The program drops empty strings and nulls before it looks; a JSON Schema can't. */
function documentIn(name: string): Record<string, unknown> {
  const value: unknown = parse(readFileSync(`${folder}${name}`, 'utf8'), { merge: true });
  return JSON.parse(JSON.stringify(value, (_key, member) => (member === '' || member === null ? undefined : member)));
}

describe('the JSON Schema', () => {
  const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(configJsonSchema())));

  it.each(examples)('takes %s and refuses it with a mistyped key', (name) => {
    expect(schema.safeParse(documentIn(name)).success).toBe(true);
    expect(schema.safeParse({ ...documentIn(name), gitlab_ur: 'x' }).success).toBe(false);
  });

  it('knows defaults and bounds of numbers that may stand in quotes', () => {
    expect(configJsonSchema().properties).toMatchObject({
      gitlab_runner_concurrency: { default: 10, minimum: 1, maximum: 10_000, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    });
  });
});
