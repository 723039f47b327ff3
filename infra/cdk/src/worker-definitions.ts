import { executionPolicy, taskTrustPolicy, workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { role } from './role.ts';
import type { ServiceFacts } from './service-facts.ts';
import { taskDefinition } from './task-definition.ts';

/** The workers of a deployment, as its managers need to know them. */
export interface WorkerDefinitions {
  readonly executionRoleArn: string;
  readonly definitions: ReadonlyMap<string, ecs.CfnTaskDefinition>;
}

/** A task definition for the workers of every runner, and the execution role that they share. */
export function workerDefinitions(scope: Construct, facts: ServiceFacts): WorkerDefinitions {
  const { deployment, names, place } = facts;
  const { runners } = deployment.manager;
  const executionRole = role(scope, 'WorkerExecutionRole', {
    name: names.workerExecutionRole,
    trust: taskTrustPolicy(place),
    policies: {
      execution: executionPolicy({
        place,
        images: runners.flatMap(({ worker }) => worker.image ?? []),
        logGroup: names.logGroup,
        logStreams: `${names.workerFamilyPrefix}*`,
      }),
    },
    permissionsBoundaryArn: deployment.permissionsBoundaryArn,
  });
  const definitions = runners.map(
    (runner) => [runner.name, definitionOf(scope, runner, { facts, executionRoleArn: executionRole.attrArn })] as const,
  );
  return { executionRoleArn: executionRole.attrArn, definitions: new Map(definitions) };
}

/** The checks have seen to it that image and size are given; what stands in for them is for the compiler. */
function definitionOf(
  scope: Construct,
  { name, worker }: RunnerConfig,
  { facts, executionRoleArn }: { readonly facts: ServiceFacts; readonly executionRoleArn: string },
): ecs.CfnTaskDefinition {
  const definition = workerTaskDefinition({
    family: facts.names.workerFamilyOf(name),
    image: worker.image ?? '',
    cpu: worker.cpu ?? 0,
    memoryMiB: worker.memoryMiB ?? 0,
    ...(worker.cpuArchitecture && { cpuArchitecture: worker.cpuArchitecture }),
    sshPort: worker.sshPort,
    ...(worker.taskRoleArn !== undefined && { taskRoleArn: facts.standIns.restore(worker.taskRoleArn) }),
    executionRoleArn,
    logs: facts.logs,
  });
  return taskDefinition(scope, `Worker-${name}`, definition);
}
