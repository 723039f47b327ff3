import type { Complaints } from './complaints.ts';
import type { Located, LocatedEntry } from './located-yaml.ts';
import type { PipelineVariable } from './pipeline.ts';

/** A `variables` block: `KEY: value`, or `KEY: {value, description, expand}`. `name` is how GitLab calls the place. */
export function readVariables(node: Located, name: string, complaints: Complaints): readonly PipelineVariable[] {
  if (node.kind !== 'map') {
    complaints.invalid(node.at, `${name} config should be a hash of key value pairs, value can be a hash`);
    return [];
  }
  return [...node.entries].flatMap(([key, entry]) => readVariable(key, entry, { name, complaints }));
}

interface Reading {
  readonly name: string;
  readonly complaints: Complaints;
}

function readVariable(key: string, { at, value: node }: LocatedEntry, { name, complaints }: Reading): readonly PipelineVariable[] {
  const plain = variableText(node);
  if (plain !== undefined) return [{ key, value: plain, isExpanded: true }];
  if (node.kind !== 'map') {
    complaints.invalid(at, `${name} config should be a hash of key value pairs, value can be a hash`);
    return [];
  }
  const unknown = [...node.entries.keys()].filter((field) => !['value', 'description', 'expand', 'options'].includes(field));
  if (unknown.length > 0) complaints.invalid(at, `${name}:${key} config uses invalid data keys: ${unknown.join(', ')}`);
  const options = node.entries.get('options');
  if (options) complaints.notYet(options.at, `${name}:${key}:options`);
  const expand = node.entries.get('expand')?.value;
  if (expand && !(expand.kind === 'scalar' && typeof expand.value === 'boolean')) {
    complaints.invalid(expand.at, `${name}:${key} config expand should be a boolean value`);
  }
  const value = node.entries.get('value')?.value;
  const written = value ? variableText(value) : '';
  if (written === undefined) complaints.invalid(at, `${name}:${key} config value should be a string`);
  return [{ key, value: written ?? '', isExpanded: !(expand?.kind === 'scalar' && expand.value === false) }];
}

/** Numbers are written as Ruby does: a float keeps its point (`1.0`). */
function variableText(node: Located): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'number' && Number.isInteger(node.value)) return `${node.value}.0`;
  return typeof node.value === 'boolean' || node.value === null ? undefined : String(node.value);
}
