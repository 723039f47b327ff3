import * as z from 'zod';
import { documentSchema } from './schema/document-schema.ts';

/** The parts of a JSON Schema that a page about it shows; the others are carried along. */
const partSchema = z.looseObject({
  $schema: z.string().optional(),
  title: z.string().optional(),
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.json().optional(),
  enum: z.array(z.json()).optional(),
  const: z.json().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  required: z.array(z.string()).optional(),
  get properties(): z.ZodOptional<z.ZodRecord<z.ZodString, typeof partSchema>> {
    return z.record(z.string(), partSchema).optional();
  },
  get items(): z.ZodOptional<typeof partSchema> {
    return partSchema.optional();
  },
  get anyOf(): z.ZodOptional<z.ZodArray<typeof partSchema>> {
    return z.array(partSchema).optional();
  },
});

/** A JSON Schema, or a part of one, as plain data. */
export type JsonSchema = z.output<typeof partSchema>;

/** The JSON Schema (draft 2020-12) of the configuration as it is written, for editors and for the reference page. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(documentSchema, { io: 'input', override: ({ zodSchema, jsonSchema }) => complete(zodSchema, jsonSchema) });
  return partSchema.parse({ title: 'Configuration of Fargate GitLab Runner', ...schema });
}

/**
 * Defaults of values that are transformed are left out by zod, though they may be written as they are. Numbers beyond what JavaScript
 * can count are no concern of whoever writes a configuration.
 */
function complete(schema: z.core.$ZodTypes, part: z.core.JSONSchema.BaseSchema): void {
  if (schema instanceof z.ZodDefault) part.default = z.json().parse(schema.def.defaultValue);
  if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
  if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
}
