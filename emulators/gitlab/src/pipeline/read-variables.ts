import type { Complaints } from './complaints.ts';
import { ConfigHash, stringList, textOf } from './config-hash.ts';
import type { Located, LocatedEntry } from './located-yaml.ts';
import type { PipelineVariable } from './pipeline.ts';

interface Reading {
  /** How GitLab calls the place. */
  readonly name: string;
  readonly complaints: Complaints;
  /** Which keys a variable may have that is a map. */
  readonly fields: readonly string[];
}

const SHAPE = ' config should be a hash of key value pairs, value can be a hash';

/** The top-level `variables`: `KEY: value`, or `KEY: {value, description, options, expand}`. */
export function readGlobalVariables(node: Located, complaints: Complaints): readonly PipelineVariable[] {
  return readAll(node, { name: 'variables', complaints, fields: ['value', 'description', 'options', 'expand'] });
}

/** `variables` of a job, a rule or a service: `KEY: value`, or `KEY: {value, expand}`. `name` is how GitLab calls the place. */
export function readVariables(node: Located, name: string, complaints: Complaints): readonly PipelineVariable[] {
  return readAll(node, { name, complaints, fields: ['value', 'expand'] });
}

function readAll(node: Located, reading: Reading): readonly PipelineVariable[] {
  if (node.kind === 'map') return [...node.entries].flatMap(([key, entry]) => readVariable(key, entry, reading));
  if (!(node.kind === 'scalar' && node.value === null)) reading.complaints.invalid(node.at, SHAPE, reading.name);
  return [];
}

function readVariable(key: string, { at, value: node }: LocatedEntry, reading: Reading): readonly PipelineVariable[] {
  const { name, complaints, fields } = reading;
  const plain = variableText(node);
  if (plain !== undefined) return [{ key, value: plain, isExpanded: true }];
  if (node.kind !== 'map') {
    complaints.invalid(at, SHAPE, name);
    return [];
  }
  const unknown = [...node.entries.keys()].filter((field) => !fields.includes(field));
  if (unknown.length > 0) complaints.invalid(at, ` config uses invalid data keys: ${unknown.join(', ')}`, `${name}:${key}`);
  const hash = new ConfigHash({ at, entries: node.entries, place: `${name}:${key}`, complaints });
  const expand = hash.flag('expand');
  const options = readOptions(hash);
  const written = hash.node('value');
  const value = written ? variableText(written) : '';
  if (value === undefined) complaints.invalid(at, ' config value should be a string', `${name}:${key}`);
  const descriptionNode = hash.node('description');
  const description = descriptionNode && textOf(descriptionNode);
  return [
    {
      key,
      value: value ?? '',
      isExpanded: expand !== false,
      ...(description === undefined ? {} : { description }),
      ...(options ? { options } : {}),
    },
  ];
}

function readOptions(hash: ConfigHash): readonly string[] | undefined {
  const node = hash.node('options');
  if (!node) return undefined;
  const options = stringList(node);
  const value = hash.node('value');
  if (!options) hash.wrong('config', 'options should be an array of strings');
  else if (value && !options.includes(variableText(value) ?? '')) hash.wrong('config', 'value must be present in options');
  return options;
}

/** Numbers are written as Ruby does: a float keeps its point (`1.0`). Undefined for what a variable can't be. */
export function variableText(node: Located): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'number' && Number.isInteger(node.value)) return `${node.value}.0`;
  return typeof node.value === 'boolean' || node.value === null ? undefined : String(node.value);
}
