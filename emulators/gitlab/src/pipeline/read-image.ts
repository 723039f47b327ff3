import type { Complaints } from './complaints.ts';
import { ConfigHash, textOf } from './config-hash.ts';
import type { Located } from './located-yaml.ts';
import type { ContainerImage } from './pipeline.ts';
import { readVariables } from './read-variables.ts';

const IMAGE_KEYS = ['name', 'entrypoint', 'ports', 'docker', 'kubernetes', 'pull_policy'];
const SERVICE_KEYS = [...IMAGE_KEYS, 'command', 'alias', 'variables'];
const PULL_POLICIES = ['always', 'if-not-present', 'never'];

const NOTHING = {
  entrypoint: undefined,
  command: undefined,
  alias: undefined,
  pullPolicy: undefined,
  ports: [],
  variables: [],
  docker: undefined,
  kubernetes: undefined,
} as const;

/** `image`: a name, or a map with more. */
export function readImage(node: Located, place: string, complaints: Complaints): ContainerImage | undefined {
  return readContainer(node, { place, keys: IMAGE_KEYS, complaints });
}

/** `services`: a list of names or maps. The grammar of the complaint is GitLab's. */
export function readServices(node: Located, place: string, complaints: Complaints): readonly ContainerImage[] {
  if (node.kind === 'list')
    return node.items.flatMap((item) => readContainer(item, { place: `${place}:service`, keys: SERVICE_KEYS, complaints }) ?? []);
  complaints.invalid(node.at, ' config should be a array', place);
  return [];
}

function readContainer(
  node: Located,
  of: { readonly place: string; readonly keys: readonly string[]; readonly complaints: Complaints },
): ContainerImage | undefined {
  const text = textOf(node);
  if (text === '') of.complaints.invalid(node.at, " config can't be blank", of.place);
  if (text !== undefined) return { ...NOTHING, name: text };
  if (node.kind !== 'map') {
    of.complaints.invalid(node.at, ' config should be a hash or a string', of.place);
    return undefined;
  }
  const hash = new ConfigHash({ ...node, place: of.place, complaints: of.complaints, nodes: ['pull_policy'] });
  hash.allow(of.keys);
  const name = hash.text('name');
  if (name === undefined && !hash.has('name')) hash.wrong('name', 'should be a string');
  return name === undefined ? undefined : { name, ...start(hash), ...executor(hash), ...more(hash) };
}

function start(hash: ConfigHash) {
  return { entrypoint: hash.strings('entrypoint'), command: hash.strings('command', { orOne: true }), pullPolicy: pullPolicy(hash) };
}

function more(hash: ConfigHash) {
  const variables = hash.node('variables');
  return {
    alias: hash.text('alias'),
    variables: variables ? readVariables(variables, `${hash.place}:variables`, hash.complaints) : [],
    ports: readPorts(hash),
  };
}

function executor(hash: ConfigHash) {
  const docker = hash.hash('docker');
  docker?.allow(['platform', 'user']);
  const kubernetes = hash.hash('kubernetes');
  kubernetes?.allow(['user']);
  const user = kubernetes?.textOrNumber('user');
  return {
    docker: docker && { platform: docker.text('platform'), user: docker.textOrNumber('user') },
    kubernetes: user === undefined ? undefined : { user },
  };
}

function pullPolicy(hash: ConfigHash): readonly string[] | undefined {
  const policies = hash.strings('pull_policy', { orOne: true });
  const unknown = policies?.filter((policy) => !PULL_POLICIES.includes(policy)) ?? [];
  if (policies?.length === 0) return hash.wrong('pull_policy', "can't be blank");
  if (unknown.length === 0) return policies;
  const isList = hash.node('pull_policy')?.kind === 'list';
  return hash.wrong('pull_policy', isList ? `contains unknown values: ${unknown.join(', ')}` : 'is not included in the list');
}

function readPorts(hash: ConfigHash): ContainerImage['ports'] {
  const node = hash.node('ports');
  if (!node) return [];
  if (node.kind !== 'list') hash.wrong('ports', 'should be an array');
  if (node.kind !== 'list') return [];
  return node.items.flatMap((item) => {
    if (item.kind === 'scalar') return [{ number: Number(item.value), protocol: 'http', name: 'default_port' }];
    const port = ConfigHash.of(item, `${hash.place}:ports`, hash.complaints);
    const number = port?.count('number', { min: 1, max: 65_535 });
    if (!port || number === undefined) return [];
    return [{ number, protocol: port.text('protocol') ?? 'http', name: port.text('name') ?? 'default_port' }];
  });
}
