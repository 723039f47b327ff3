// Writes testkit/src/terraform/aws-schema.json, the attribute schemas that the stub AWS provider serves, out of the generated bindings of the
// real one. Their comments say of every attribute whether it is computed, optional or required; their getters say its type.
//
//   npm install --no-save --ignore-scripts @cdktn/provider-aws@25.7.0      (476 MB, hence no dependency)
//   node tools/terraform-schema.mjs node_modules/@cdktn/provider-aws
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = [
  ...['cloudwatch-log-group', 'ecs-cluster', 'ecs-cluster-capacity-providers', 'ecs-service', 'ecs-task-definition', 'iam-role'],
  ...['iam-role-policy', 'kms-alias', 'kms-key', 's3-bucket', 's3-bucket-lifecycle-configuration', 's3-bucket-ownership-controls'],
  ...['s3-bucket-policy', 's3-bucket-public-access-block', 's3-bucket-server-side-encryption-configuration', 's3-bucket-versioning'],
  ...['data-aws-caller-identity', 'data-aws-partition', 'data-aws-region'],
];
const GETTER_TYPES = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  List: ['list', 'string'],
  NumberList: ['list', 'number'],
  StringMap: ['map', 'string'],
  NumberMap: ['map', 'number'],
  BooleanMap: ['map', 'bool'],
};
const STORAGE_TYPES = { stringList: ['list', 'string'], numberList: ['list', 'number'], string: 'string', stringMap: ['map', 'string'] };
const NESTING = { struct: 'SINGLE', set: 'SET', map: 'MAP' };

const bindings = process.argv[2];
if (bindings === undefined) throw new Error('usage: node tools/terraform-schema.mjs <folder of @cdktn/provider-aws>');
const { version } = JSON.parse(readFileSync(join(bindings, 'package.json'), 'utf8'));
const warnings = [];
const schema = { bindings: version, resources: {}, data: {} };
for (const source of SOURCES) readSource(source);
const target = fileURLToPath(new URL('../testkit/src/terraform/aws-schema.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(schema, undefined, 1)}\n`);
process.stdout.write(`${target}: ${Object.keys(schema.resources).length} resources, ${Object.keys(schema.data).length} data sources\n`);
for (const warning of warnings) process.stdout.write(`not understood: ${warning}\n`);

function readSource(source) {
  const text = textOf(join(bindings, 'lib', source));
  const classes = new Map(
    [...text.matchAll(/^class (\w+) extends cdktn\.(\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name, base, body]) => [name, { base, body }]),
  );
  const functions = new Map(
    [...text.matchAll(/^function (\w+)ToHclTerraform\(struct\) \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => [
      name.toLowerCase(),
      hintsIn(body),
    ]),
  );
  for (const [name, { base, body }] of classes) {
    const type = /static tfResourceType = "(\w+)"/.exec(body)?.[1];
    if (base === 'TerraformResource') schema.resources[type] = blockOf(name, { source, classes, functions });
    if (base === 'TerraformDataSource') schema.data[type] = blockOf(name, { source, classes, functions });
  }
}

function textOf(folder) {
  const structs = join(folder, 'index-structs');
  const files = existsSync(structs) ? readdirSync(structs).filter((file) => file.endsWith('.js')) : [];
  return [join(folder, 'index.js'), ...files.map((file) => join(structs, file))].map((file) => readFileSync(file, 'utf8')).join('\n');
}

/** How each attribute is written in HCL: whether as a block, and its collection. */
function hintsIn(body) {
  const pattern = /^\s+"?(\w+)"?: \{\n\s+value: [^\n]*\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)"/gm;
  return new Map(
    [...body.matchAll(pattern)].map(([, name, isBlock, type, storage]) => [name, { isBlock: isBlock === 'true', type, storage }]),
  );
}

function blockOf(className, around) {
  const found = around.classes.get(className);
  if (found === undefined) {
    warnings.push(`${around.source}: no class ${className}`);
    return { attributes: [], blocks: [] };
  }
  const ownHints = found.body.indexOf('synthesizeHclAttributes');
  const hints =
    ownHints >= 0
      ? hintsIn(found.body.slice(ownHints))
      : (around.functions.get(className.replace(/OutputReference$/, '').toLowerCase()) ?? new Map());
  const block = { attributes: [], blocks: [] };
  for (const part of found.body.split(/\n {4}\/\/ (?=\w+ - computed: )/).slice(1)) addPart(block, part, { ...around, hints });
  return block;
}

function addPart(block, part, around) {
  const [, name, computed, optional, required] = /^(\w+) - computed: (true|false), optional: (true|false), required: (true|false)/.exec(
    part,
  );
  const flags = {
    ...(required === 'true' && { required: true }),
    ...(optional === 'true' && { optional: true }),
    ...(computed === 'true' && { computed: true }),
  };
  const hint = around.hints.get(name);
  const [, member, isSet] = /new (\w+)\(this, "\w+"(?:, (true|false))?\)/.exec(part) ?? [];
  const isOne = member?.endsWith('OutputReference');
  const inner = member && (isOne ? member : member.replace(/(List|Map)$/, 'OutputReference'));
  if (!around.classes.has(inner)) block.attributes.push({ name, type: plainType(part, { name, hint, source: around.source }), ...flags });
  else if (hint?.isBlock)
    block.blocks.push(nestedBlock({ name, hint, isOne, isRequired: required === 'true', block: blockOf(inner, around) }));
  else block.attributes.push({ name, type: objectsType(member, isSet === 'true', blockOf(inner, around)), ...flags });
}

function nestedBlock({ name, hint, isOne, isRequired, block }) {
  const nesting = NESTING[hint.type] ?? 'LIST';
  const isList = nesting !== 'SINGLE';
  return { type_name: name, nesting, min_items: isRequired && isList ? 1 : 0, max_items: isOne && isList ? 1 : 0, block };
}

function objectsType(member, isSet, block) {
  const object = ['object', objectType(block)];
  if (member.endsWith('List')) return [isSet ? 'set' : 'list', object];
  return member.endsWith('Map') ? ['map', object] : object;
}

function objectType(block) {
  const blocks = block.blocks.map((nested) => [nested.type_name, ['list', ['object', objectType(nested.block)]]]);
  return Object.fromEntries([...block.attributes.map(({ name, type }) => [name, type]), ...blocks]);
}

function plainType(part, { name, hint, source }) {
  const getter = /this\.get(\w+?)Attribute\(/.exec(part)?.[1];
  const map = /new cdktn\.StringMap\(/.test(part) ? ['map', 'string'] : undefined;
  const type = GETTER_TYPES[getter] ?? map ?? STORAGE_TYPES[hint?.storage];
  if (type === undefined) warnings.push(`${source}: type of ${name}`);
  const isSet = /Fn\.tolist\(/.test(part) || hint?.type === 'set';
  return isSet && Array.isArray(type) ? ['set', type[1]] : (type ?? 'dynamic');
}
