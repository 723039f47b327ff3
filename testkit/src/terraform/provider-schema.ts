import * as z from 'zod';

/** A type as Terraform's JSON has it: `"string"`, `["list", "string"]`, `["object", {...}]`. */
export type AttributeType = string | readonly [string, AttributeType] | readonly ['object', { readonly [name: string]: AttributeType }];

/** One attribute of a resource; neither flag means that it may not be set. */
interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly required?: boolean | undefined;
  readonly optional?: boolean | undefined;
  readonly computed?: boolean | undefined;
}

/** A block in a block. */
export interface NestedBlock {
  readonly type_name: string;
  readonly nesting: 'SINGLE' | 'LIST' | 'SET' | 'MAP';
  readonly min_items: number;
  readonly max_items: number;
  readonly block: Block;
}

/** What may stand in a resource. */
export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

/** The schemas of a provider, by type. */
export interface ProviderSchema {
  readonly resources: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
}

const typeSchema: z.ZodType<AttributeType> = z.lazy(() =>
  z.union([
    z.string(),
    z.tuple([z.literal('object'), z.record(z.string(), typeSchema)]),
    z.tuple([z.enum(['list', 'set', 'map']), typeSchema]),
  ]),
);

const blockSchema: z.ZodType<Block> = z.lazy(() =>
  z.object({
    attributes: z.array(
      z.object({
        name: z.string(),
        type: typeSchema,
        required: z.boolean().optional(),
        optional: z.boolean().optional(),
        computed: z.boolean().optional(),
      }),
    ),
    blocks: z.array(
      z.object({
        type_name: z.string(),
        nesting: z.enum(['SINGLE', 'LIST', 'SET', 'MAP']),
        min_items: z.number(),
        max_items: z.number(),
        block: blockSchema,
      }),
    ),
  }),
);

const schemaOfProvider = z.object({ resources: z.record(z.string(), blockSchema), data: z.record(z.string(), blockSchema) });

/** Reads aws-schema.json, which tools/terraform-schema.mjs made from the bindings of the real provider. */
export function parseProviderSchema(text: string): ProviderSchema {
  return schemaOfProvider.parse(JSON.parse(text));
}

/** The schemas of all resources or data sources as GetSchema sends them. */
export function wireSchemas(blocks: Readonly<Record<string, Block>>) {
  return Object.fromEntries(Object.entries(blocks).map(([type, block]) => [type, { version: 0, block: wireBlock(block) }]));
}

/** One block as GetSchema sends it. */
export function wireBlock(block: Block): object {
  return {
    attributes: block.attributes.map((attribute) => ({ ...attribute, type: Buffer.from(JSON.stringify(attribute.type)) })),
    block_types: block.blocks.map((nested) => ({ ...nested, block: wireBlock(nested.block) })),
  };
}
