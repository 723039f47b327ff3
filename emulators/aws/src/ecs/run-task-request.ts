import { type Fields, FieldError } from '../json-fields.ts';
import { type StrategyItem, strategyOf } from './cluster.ts';
import { EcsError, invalidParameter } from './ecs-error.ts';
import { type Tag, tagsOf } from './tags.ts';
import { environmentOf } from './task-definition.ts';

/** What a RunTask request overrides in one container. */
interface ContainerOverride {
  readonly name: string;
  /** Undefined keeps the definition's command. */
  readonly command: readonly string[] | undefined;
  readonly environment: ReadonlyMap<string, string>;
}

/** A RunTask request whose own parts are well formed; what needs clusters and definitions is checked later. */
export interface RunTaskRequest {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly count: number;
  readonly launchType: string | undefined;
  /** Undefined when the request has no strategy. */
  readonly strategy: readonly StrategyItem[] | undefined;
  /** Undefined when the request has no awsvpcConfiguration. */
  readonly network: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] } | undefined;
  readonly containerOverrides: readonly ContainerOverride[];
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  readonly taskRoleArn: string | undefined;
  readonly platformVersion: string;
  readonly tags: readonly Tag[];
  readonly propagatesTags: boolean;
  readonly startedBy: string | undefined;
  readonly group: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly clientToken: string | undefined;
  /** The overrides as they came, for DescribeTasks. */
  readonly overrides: Fields | undefined;
}

/** Reads a RunTask request; throws what ECS answers to one that breaks a rule of its own. */
export function runTaskRequest(fields: Fields): RunTaskRequest {
  const overrides = fields.optionalObject('overrides');
  checkOverridesLength(overrides);
  const strategy = strategyOf(fields.objects('capacityProviderStrategy'));
  return {
    cluster: fields.optionalString('cluster') ?? 'default',
    taskDefinition: fields.optionalString('taskDefinition') ?? blank('TaskDefinition'),
    count: countOf(fields),
    launchType: fields.optionalString('launchType'),
    strategy: strategy.length > 0 ? strategy : undefined,
    network: networkOf(fields),
    containerOverrides: overrides?.objects('containerOverrides').map(containerOverrideOf) ?? [],
    cpu: overrides?.optionalString('cpu'),
    memory: overrides?.optionalString('memory'),
    taskRoleArn: overrides?.optionalString('taskRoleArn'),
    platformVersion: platformVersionOf(fields),
    tags: tagsOf(fields.objects('tags')),
    propagatesTags: propagatesTags(fields),
    startedBy: startedByOf(fields),
    group: fields.optionalString('group'),
    enableExecuteCommand: fields.optionalBoolean('enableExecuteCommand') ?? false,
    clientToken: clientTokenOf(fields),
    overrides,
  };
}

function blank(what: string): never {
  throw new EcsError('ClientException', `${what} can not be blank.`);
}

/** The limit counts the JSON's own characters too. Source: ECS API reference, TaskOverride. */
function checkOverridesLength(overrides: Fields | undefined): void {
  if (overrides && JSON.stringify(overrides.raw).length > 8192) throw invalidParameter('Container Overrides length must be at most 8192');
}

function countOf(fields: Fields): number {
  const count = fields.optionalNumber('count') ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > 10) throw invalidParameter('Count must be between 1 and 10.');
  return count;
}

function networkOf(fields: Fields): RunTaskRequest['network'] {
  const vpc = fields.optionalObject('networkConfiguration')?.optionalObject('awsvpcConfiguration');
  if (!vpc) return undefined;
  const subnets = vpc.strings('subnets');
  const securityGroups = vpc.strings('securityGroups');
  if (subnets.length === 0) throw invalidParameter('subnets can not be empty.');
  if (subnets.length > 16) throw invalidParameter('subnets can have at most 16 items.');
  if (securityGroups.length > 5) throw invalidParameter('securityGroups can have at most 5 items.');
  const oddSubnet = subnets.find((subnet) => !subnet.startsWith('subnet-'));
  if (oddSubnet !== undefined)
    throw invalidParameter(`Error retrieving subnet information for [${oddSubnet}]: The subnet ID '${oddSubnet}' does not exist`);
  const oddGroup = securityGroups.find((group) => !group.startsWith('sg-'));
  if (oddGroup !== undefined)
    throw invalidParameter(
      `Error retrieving security group information for [${oddGroup}]: The security group '${oddGroup}' does not exist`,
    );
  vpc.optionalOneOf('assignPublicIp', ['ENABLED', 'DISABLED']);
  return { subnets, securityGroups };
}

function containerOverrideOf(fields: Fields): ContainerOverride {
  for (const unknown of ['image', 'secrets', 'entryPoint', 'user']) {
    if (fields.has(unknown)) throw new FieldError(`containerOverrides.${unknown}`, 'absent: RunTask can not override it');
  }
  return {
    name: fields.string('name'),
    command: fields.has('command') ? fields.strings('command') : undefined,
    environment: environmentOf(fields),
  };
}

function platformVersionOf(fields: Fields): string {
  const version = fields.optionalString('platformVersion') ?? 'LATEST';
  if (!['LATEST', '1.4.0', '1.3.0'].includes(version))
    throw new EcsError('PlatformUnknownException', 'The specified platform does not exist.');
  return version === 'LATEST' ? '1.4.0' : version;
}

function propagatesTags(fields: Fields): boolean {
  const from = fields.optionalString('propagateTags') ?? 'NONE';
  if (from !== 'TASK_DEFINITION' && from !== 'NONE')
    throw invalidParameter('Invalid value for propagateTags: only TASK_DEFINITION and NONE go with RunTask.');
  return from === 'TASK_DEFINITION';
}

function startedByOf(fields: Fields): string | undefined {
  const startedBy = fields.optionalString('startedBy');
  if (startedBy !== undefined && !/^[A-Za-z0-9_/-]{1,128}$/.test(startedBy)) {
    throw invalidParameter('startedBy can have up to 128 letters, digits, hyphens, underscores and forward slashes.');
  }
  return startedBy;
}

function clientTokenOf(fields: Fields): string | undefined {
  const token = fields.optionalString('clientToken');
  if (token !== undefined && !/^[\x21-\x7e]{1,64}$/.test(token))
    throw invalidParameter('clientToken can have up to 64 ASCII characters in the range of 33 to 126.');
  return token;
}
