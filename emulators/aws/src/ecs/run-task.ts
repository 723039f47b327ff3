import { isFargateSize } from '@fargate-gitlab-runner/blueprint';
import type { Random } from '@fargate-gitlab-runner/kernel';
import type { Fields, JsonObject } from '../json-fields.ts';
import type { Cluster, StrategyItem } from './cluster.ts';
import type { Ecs } from './ecs.ts';
import { EcsError, invalidParameter } from './ecs-error.ts';
import { type RunTaskRequest, runTaskRequest } from './run-task-request.ts';
import type { TaskDefinition } from './task-definition.ts';
import { taskView } from './task-view.ts';

/** RunTask: checks the request as ECS does, then starts the tasks. The answer shows them as they are at this moment. */
export function runTask(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const request = runTaskRequest(fields);
  const cluster = ecs.cluster(region, request.cluster);
  const earlier = request.clientToken === undefined ? undefined : ecs.tokens.earlier(cluster.arn, request.clientToken, fields.raw);
  if (earlier) return { tasks: earlier.flatMap((arn) => viewOf(ecs, cluster, arn)), failures: [] };
  const definition = definitionFor(ecs, region, request);
  const strategy = strategyFor(cluster, request);
  const { network } = request;
  if (!network) throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const tasks = Array.from({ length: request.count }, (_, at) => {
    const subnet = pick(network.subnets, ecs.tools.random);
    return ecs.startTask({ cluster, definition, request, subnet, capacityProvider: providerFor(strategy, at, ecs.tools.random) });
  });
  if (request.clientToken !== undefined) {
    ecs.tokens.remember(cluster.arn, request.clientToken, { request: fields.raw, taskArns: tasks.map((task) => task.arn) });
  }
  return { tasks: tasks.map((task) => taskView(task, { tags: true })), failures: [] };
}

function viewOf(ecs: Ecs, cluster: Cluster, arn: string): JsonObject[] {
  const life = ecs.findLife(cluster, arn);
  return life ? [taskView(life.task, { tags: true })] : [];
}

function definitionFor(ecs: Ecs, region: string, request: RunTaskRequest): TaskDefinition {
  const definition = ecs.findDefinition(region, request.taskDefinition);
  if (!definition) throw new EcsError('ClientException', 'TaskDefinition not found.');
  if (definition.status === 'INACTIVE') throw new EcsError('ClientException', 'TaskDefinition is inactive');
  const stranger = request.containerOverrides.find((override) => !definition.containers.some((one) => one.name === override.name));
  if (stranger) throw invalidParameter(`Override for container named ${stranger.name} is not a container in the TaskDefinition.`);
  const cpu = request.cpu === undefined ? definition.cpu : Number(request.cpu);
  const memoryMiB = request.memory === undefined ? definition.memoryMiB : Number(request.memory);
  if (!isFargateSize(cpu, memoryMiB)) throw invalidParameter('No Fargate configuration exists for given values.');
  if (request.enableExecuteCommand && !(request.taskRoleArn ?? definition.taskRoleArn)) {
    throw invalidParameter(
      'The service couldn’t be updated because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.',
    );
  }
  return definition;
}

/** The strategy that applies; undefined for launch type FARGATE. */
function strategyFor(cluster: Cluster, request: RunTaskRequest): readonly StrategyItem[] | undefined {
  if (request.launchType !== undefined && request.strategy)
    throw invalidParameter('Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.');
  if (request.launchType === 'FARGATE') return undefined;
  const strategy = request.strategy ?? cluster.defaultStrategy;
  if (request.launchType !== undefined || strategy.length === 0)
    throw invalidParameter('No Container Instances were found in your cluster.');
  checkStrategy(cluster, strategy);
  return strategy;
}

function checkStrategy(cluster: Cluster, strategy: readonly StrategyItem[]): void {
  if (strategy.length > 20) throw invalidParameter('A capacity provider strategy can contain a maximum of 20 capacity providers.');
  const stranger = strategy.find((item) => !cluster.capacityProviders.includes(item.capacityProvider));
  if (stranger) throw invalidParameter(`The specified capacity provider ${stranger.capacityProvider} is not associated with the cluster.`);
  if (strategy.some((item) => item.weight < 0 || item.weight > 1000))
    throw invalidParameter('A capacity provider weight must be between 0 and 1000.');
  if (strategy.some((item) => item.base < 0 || item.base > 100_000))
    throw invalidParameter('A capacity provider base must be between 0 and 100000.');
  if (strategy.filter((item) => item.base > 0).length > 1)
    throw invalidParameter('Only one capacity provider in a strategy can have a base.');
  if (strategy.every((item) => item.weight === 0))
    throw invalidParameter('At least one capacity provider in a strategy must have a weight greater than zero.');
}

/** The first tasks go to the provider with a base, the others by weight. */
function providerFor(strategy: readonly StrategyItem[] | undefined, at: number, random: Random): string | undefined {
  const based = strategy?.find((item) => item.base > at);
  if (!strategy || based) return based?.capacityProvider;
  let rest = random.fraction() * strategy.reduce((sum, item) => sum + item.weight, 0);
  return strategy.find((item) => {
    rest -= item.weight;
    return rest < 0;
  })?.capacityProvider;
}

function pick(subnets: readonly string[], random: Random): string {
  return subnets[Math.floor(random.fraction() * subnets.length)] ?? '';
}
