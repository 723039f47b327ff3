import {
  executionPolicy,
  managerRolePolicies,
  managerServiceSettings,
  managerTaskDefinition,
  type PermittedWorker,
  taskTrustPolicy,
} from '@fargate-gitlab-runner/blueprint';
import { aws_ecs as ecs, type aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PrivateBucket } from './private-bucket.ts';
import { role } from './role.ts';
import type { ServiceFacts } from './service-facts.ts';
import type { CacheBucket } from './storage.ts';
import { taskDefinition } from './task-definition.ts';
import type { WorkerDefinitions } from './worker-definitions.ts';

/** What managers use. */
export interface ManagerSurroundings {
  readonly jobStore: PrivateBucket;
  readonly cache: CacheBucket;
  readonly workers: WorkerDefinitions;
}

/** The ECS service of the managers with its two roles. */
export function managerService(scope: Construct, facts: ServiceFacts, around: ManagerSurroundings): ecs.CfnService {
  const { deployment, names, standIns } = facts;
  const settings = managerServiceSettings({
    serviceName: names.service,
    clusterArn: deployment.clusterArn,
    taskDefinitionArn: managerDefinition(scope, facts, around).attrTaskDefinitionArn,
    instanceCount: deployment.instanceCount,
    subnetIds: deployment.subnetIds.map((id) => standIns.restore(id)),
    securityGroupIds: deployment.securityGroupIds.map((id) => standIns.restore(id)),
    assignPublicIp: deployment.assignPublicIp,
    isExecOn: deployment.isExecOn,
  });
  const { subnets, securityGroups, assignPublicIp } = settings.networkConfiguration.awsvpcConfiguration;
  return new ecs.CfnService(scope, 'Service', {
    ...settings,
    // CloudFormation's types spell the word in another way than ECS does.
    enableEcsManagedTags: settings.enableECSManagedTags,
    networkConfiguration: { awsvpcConfiguration: { subnets: [...subnets], securityGroups: [...securityGroups], assignPublicIp } },
  });
}

function managerDefinition(scope: Construct, facts: ServiceFacts, around: ManagerSurroundings): ecs.CfnTaskDefinition {
  const { deployment, names, place } = facts;
  const definition = managerTaskDefinition({
    family: names.managerFamily,
    container: names.managerContainer,
    image: deployment.image,
    cpu: deployment.cpu,
    memoryMiB: deployment.memoryMiB,
    ...(deployment.cpuArchitecture && { cpuArchitecture: deployment.cpuArchitecture }),
    taskRoleArn: taskRole(scope, facts, around).attrArn,
    executionRoleArn: executionRole(scope, facts).attrArn,
    logs: facts.logs,
    serviceName: names.service,
    gitlabUrl: deployment.manager.gitlabUrl,
    concurrency: deployment.manager.concurrency,
    namePrefix: deployment.manager.namePrefix,
    managersConfigs: Stack.of(scope).toJsonString(runnersFor(facts, around.workers)),
    tokenSecretArn: deployment.tokenSecretArn,
    storeBucket: around.jobStore.bucketName,
    storeRegion: place.region,
    cacheBucket: around.cache.bucketName,
    cacheRegion: around.cache.region,
    cachePrefix: around.cache.prefix,
    isCacheShared: deployment.cache.isShared,
    jobSecretArns: deployment.manager.jobSecretArns,
  });
  return taskDefinition(scope, 'Manager', definition);
}

/** What the managers are told about their runners: what was said here, and what the predecessor's managers were told too. */
function runnersFor({ deployment, standIns }: ServiceFacts, { definitions }: WorkerDefinitions) {
  const told = deployment.manager.runners.map(({ name, tags }) => [
    name,
    {
      ...Object(standIns.restoreIn(deployment.entries[name])),
      manager_name: name,
      tag_list: tags.join(','),
      worker_task_definition_arn: definitions.get(name)?.attrTaskDefinitionArn,
    },
  ]);
  return Object.fromEntries(told);
}

function taskRole(scope: Construct, { deployment, names, place, standIns }: ServiceFacts, around: ManagerSurroundings): iam.CfnRole {
  const workers = deployment.manager.runners.map(
    ({ name, worker }): PermittedWorker => ({
      clusterArn: worker.clusterArn,
      family: names.workerFamilyOf(name),
      ...(worker.taskRoleArn !== undefined && { taskRoleArn: standIns.restore(worker.taskRoleArn) }),
    }),
  );
  return role(scope, 'ManagerTaskRole', {
    name: names.managerTaskRole,
    trust: taskTrustPolicy(place),
    policies: managerRolePolicies({
      place,
      names,
      workers,
      workerExecutionRoleArn: around.workers.executionRoleArn,
      jobStore: around.jobStore,
      cache: around.cache,
      jobSecretArns: deployment.manager.jobSecretArns,
      isExecOn: deployment.isExecOn,
    }),
    permissionsBoundaryArn: deployment.permissionsBoundaryArn,
  });
}

function executionRole(scope: Construct, { deployment, names, place }: ServiceFacts): iam.CfnRole {
  const { tokenSecretArn: arn, secretsKmsKey: kmsKey } = deployment;
  return role(scope, 'ManagerExecutionRole', {
    name: names.managerExecutionRole,
    trust: taskTrustPolicy(place),
    policies: {
      execution: executionPolicy({
        place,
        images: [deployment.image],
        logGroup: names.logGroup,
        logStreams: `${names.service}/*`,
        secret: { arn, ...(kmsKey !== undefined && { kmsKey }) },
      }),
    },
    permissionsBoundaryArn: deployment.permissionsBoundaryArn,
  });
}
