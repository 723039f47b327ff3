import * as z from 'zod';
import { appliedState, plannedState } from './computed-values.ts';
import { asDynamic, type DynamicObject, type DynamicValue, decodeDynamic, encodeDynamic, isDynamicObject } from './dynamic-value.ts';
import { judgeResource } from './judge-resource.ts';
import type { ProviderMethod } from './plugin-wire.ts';
import { type Block, type ProviderSchema, wireBlock, wireSchemas } from './provider-schema.ts';

/** Answers to the calls of Terraform, by method; each takes a request as protobuf decoded it. */
export type ProviderAnswers = Readonly<Record<ProviderMethod, (request: unknown) => object>>;

const dynamic = z.object({ msgpack: z.instanceof(Uint8Array) }).transform(({ msgpack }) => decodeDynamic(msgpack));
const validate = z.object({ type_name: z.string(), config: dynamic });
const planned = z.object({ type_name: z.string(), proposed_new_state: dynamic });
const applied = z.object({ type_name: z.string(), planned_state: dynamic });
const upgraded = z.object({ raw_state: z.object({ json: z.instanceof(Uint8Array) }) });
const read = z.object({ current_state: z.unknown() });
const configured = z.object({ config: z.unknown() });

/** Settings of the provider block that users write; the real provider has some more. */
const PROVIDER_BLOCK: Block = {
  attributes: ['region', 'profile', 'access_key', 'secret_key', 'sts_regional_endpoints'].map((name) => ({
    name,
    type: 'string',
    optional: true,
  })),
  blocks: [
    { type_name: 'default_tags', nesting: 'LIST', min_items: 0, max_items: 1, block: blockOfTags() },
    { type_name: 'assume_role', nesting: 'LIST', min_items: 0, max_items: 1, block: { attributes: [text('role_arn')], blocks: [] } },
  ],
};

/**
 * A stand-in for the AWS provider that asks no AWS: it knows the real schemas, refuses what `judgeResource` knows, leaves what AWS would
 * set unknown in the plan, and makes it up at the apply. It does not know which changes replace a resource.
 */
export function stubProvider(schema: ProviderSchema): ProviderAnswers {
  return {
    GetSchema: () => ({
      provider: { version: 0, block: wireBlock(PROVIDER_BLOCK) },
      resource_schemas: wireSchemas(schema.resources),
      data_source_schemas: wireSchemas(schema.data),
    }),
    PrepareProviderConfig: (request) => ({ prepared_config: configured.parse(request).config }),
    ValidateResourceTypeConfig: (request) => {
      const { type_name: type, config } = validate.parse(request);
      return { diagnostics: judgeResource(type, asObject(config)).map((summary) => ({ severity: 'ERROR', summary })) };
    },
    ValidateDataSourceConfig: () => ({}),
    UpgradeResourceState: (request) => ({
      upgraded_state: encodeDynamic(asDynamic(JSON.parse(Buffer.from(upgraded.parse(request).raw_state.json).toString()))),
    }),
    Configure: () => ({}),
    ReadResource: (request) => ({ new_state: read.parse(request).current_state }),
    PlanResourceChange: (request) => {
      const { type_name: type, proposed_new_state: proposed } = planned.parse(request);
      return { planned_state: encodeDynamic(plannedState(blockOf(schema.resources, type), proposed)) };
    },
    ApplyResourceChange: (request) => {
      const { type_name: type, planned_state: plan } = applied.parse(request);
      const faults = judgeResource(type, asObject(plan));
      if (faults.length > 0)
        return { new_state: encodeDynamic(null), diagnostics: faults.map((summary) => ({ severity: 'ERROR', summary })) };
      return { new_state: encodeDynamic(appliedState(type, blockOf(schema.resources, type), plan)) };
    },
    ReadDataSource: (request) => {
      const { type_name: type, config } = validate.parse(request);
      return { state: encodeDynamic(appliedState(type, blockOf(schema.data, type), config)) };
    },
    Stop: () => ({}),
  };
}

function asObject(value: DynamicValue): DynamicObject {
  return isDynamicObject(value) ? value : {};
}

function blockOf(blocks: Readonly<Record<string, Block>>, type: string): Block {
  const block = blocks[type];
  if (block === undefined) throw new Error(`the stub has no schema of ${type}`);
  return block;
}

function blockOfTags(): Block {
  return { attributes: [{ name: 'tags', type: ['map', 'string'], optional: true }], blocks: [] };
}

function text(name: string) {
  return { name, type: 'string', optional: true } as const;
}
