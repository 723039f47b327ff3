import { type DynamicObject, type DynamicValue, isDynamicObject, isUnknown, UNKNOWN } from './dynamic-value.ts';
import { madeUpValue } from './made-up-value.ts';
import type { Block, NestedBlock } from './provider-schema.ts';

/** The plan of a change: what the configuration leaves to AWS is unknown until the apply. */
export function plannedState(block: Block, proposed: DynamicValue): DynamicValue {
  return filled(block, proposed, { isGap: (value) => value === null || value === undefined, fill: () => UNKNOWN });
}

/** The state after the apply: what was unknown is made up, the same for the same resource every time. */
export function appliedState(type: string, block: Block, planned: DynamicValue): DynamicValue {
  const known = isDynamicObject(planned) ? planned : {};
  return filled(block, planned, {
    isGap: (value) => value === null || value === undefined || isUnknown(value),
    fill: (name, attributeType) => madeUpValue({ type, known, name, attributeType }),
  });
}

interface Filling {
  readonly isGap: (value: DynamicValue | undefined) => boolean;
  readonly fill: (name: string, type: Block['attributes'][number]['type']) => DynamicValue;
}

function filled(block: Block, value: DynamicValue, filling: Filling): DynamicValue {
  if (!isDynamicObject(value)) return value;
  const computed = block.attributes.filter((attribute) => attribute.computed && filling.isGap(value[attribute.name]));
  return {
    ...value,
    ...Object.fromEntries(computed.map(({ name, type }): [string, DynamicValue] => [name, filling.fill(name, type)])),
    ...Object.fromEntries(block.blocks.map((nested): [string, DynamicValue] => [nested.type_name, filledBlocks(nested, value, filling)])),
  };
}

function filledBlocks(nested: NestedBlock, around: DynamicObject, filling: Filling): DynamicValue {
  const value = around[nested.type_name] ?? null;
  return Array.isArray(value) ? value.map((item) => filled(nested.block, item, filling)) : filled(nested.block, value, filling);
}
