import { isFargateSize } from '@fargate-gitlab-runner/blueprint';
import { FieldError, type Fields, type JsonObject } from '../json-fields.ts';
import type { ContainerDependency } from '../worker/process-host.ts';
import { checkContainerOrder, dependenciesOf } from './container-order.ts';
import { EcsError } from './ecs-error.ts';
import { type Tag, tagsOf } from './tags.ts';

/** One container of a definition, as far as the emulator acts on it. */
interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  /** The process to run locally, as argv; empty means the image's own, which is not emulated. */
  readonly command: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly dependsOn: readonly ContainerDependency[];
}

/** One revision of a task definition. */
export interface TaskDefinition {
  readonly arn: string;
  readonly region: string;
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly taskRoleArn: string | undefined;
  readonly containers: readonly ContainerDefinition[];
  readonly tags: readonly Tag[];
  /** When it was registered, in milliseconds since the epoch. */
  readonly registeredAt: number;
  /** The registration as it came, for DescribeTaskDefinition. */
  readonly source: JsonObject;
}

/** Reads RegisterTaskDefinition-shaped JSON; refuses what Fargate refuses. */
export function taskDefinitionOf(
  fields: Fields,
  identity: { readonly region: string; readonly account: string; readonly revision: number; readonly registeredAt: number },
): TaskDefinition {
  const family = fields.string('family');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) throw new FieldError('family', '1 to 255 letters, digits, hyphens and underscores');
  const cpu = Number(fields.string('cpu'));
  const memoryMiB = Number(fields.string('memory'));
  if (!isFargateSize(cpu, memoryMiB)) throw new EcsError('ClientException', 'No Fargate configuration exists for given values.');
  const containers = fields.objects('containerDefinitions').map(containerOf);
  if (containers.length < 1 || containers.length > 10) throw new FieldError('containerDefinitions', '1 to 10 containers');
  checkContainerOrder(containers);
  return {
    arn: `arn:aws:ecs:${identity.region}:${identity.account}:task-definition/${family}:${identity.revision}`,
    region: identity.region,
    family,
    revision: identity.revision,
    status: fields.optionalOneOf('status', ['ACTIVE', 'INACTIVE']) ?? 'ACTIVE',
    cpu,
    memoryMiB,
    taskRoleArn: fields.optionalString('taskRoleArn'),
    containers,
    tags: tagsOf(fields.objects('tags')),
    registeredAt: identity.registeredAt,
    source: fields.raw,
  };
}

/** Reads a list of `{name, value}`, as ECS writes environments. */
export function environmentOf(fields: Fields): ReadonlyMap<string, string> {
  return new Map(fields.objects('environment').map((entry) => [entry.string('name'), entry.string('value')]));
}

/** A definition in the shape of DescribeTaskDefinition. */
export function taskDefinitionView(definition: TaskDefinition): JsonObject {
  const { tags: _, ...source } = definition.source;
  return {
    ...source,
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: definition.status,
    registeredAt: definition.registeredAt / 1000,
    compatibilities: ['EC2', 'FARGATE'],
    requiresAttributes: [],
    placementConstraints: [],
    volumes: source.volumes ?? [],
  };
}

function containerOf(fields: Fields): ContainerDefinition {
  return {
    name: fields.string('name'),
    image: fields.optionalString('image') ?? '',
    essential: fields.optionalBoolean('essential') ?? true,
    command: fields.strings('command'),
    environment: environmentOf(fields),
    dependsOn: dependenciesOf(fields),
  };
}
