import type { JsonObject } from '../json-fields.ts';
import type { Task, TaskStatus } from './task.ts';

/** A task in the shape of DescribeTasks. Times are seconds since the epoch, as AWS JSON 1.1 has them. */
export function taskView(task: Task, include: { readonly tags: boolean }): JsonObject {
  const { cluster, definition, request, subnet, capacityProvider } = task.identity;
  return {
    taskArn: task.arn,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.arn,
    lastStatus: task.status,
    desiredStatus: task.desiredStatus,
    version: task.version,
    createdAt: seconds(task.createdAt),
    ...moments(task),
    ...(task.cause && { stopCode: task.cause.stopCode, stoppedReason: task.cause.reason }),
    ...(capacityProvider ? { capacityProviderName: capacityProvider } : {}),
    launchType: 'FARGATE',
    platformVersion: request.platformVersion,
    platformFamily: 'Linux',
    availabilityZone: `${cluster.region}${zoneOf(subnet)}`,
    cpu: request.cpu ?? String(definition.cpu),
    memory: request.memory ?? String(definition.memoryMiB),
    ephemeralStorage: { sizeInGiB: 20 },
    connectivity: 'CONNECTED',
    healthStatus: 'UNKNOWN',
    enableExecuteCommand: request.enableExecuteCommand,
    group: request.group ?? `family:${definition.family}`,
    ...(request.startedBy !== undefined && { startedBy: request.startedBy }),
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...request.overrides?.raw },
    attachments: [attachment(task)],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    containers: containers(task),
    tags: include.tags ? task.tags : [],
  };
}

function moments(task: Task): JsonObject {
  const names = ['pullStartedAt', 'pullStoppedAt', 'startedAt', 'stoppingAt', 'executionStoppedAt', 'stoppedAt'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const at = task.moment(name);
      return at === undefined ? [] : [[name, seconds(at)]];
    }),
  );
}

function attachment(task: Task): JsonObject {
  const { id, subnet } = task.identity;
  const detail = (name: string, value: string) => ({ name, value });
  const address = task.address;
  return {
    id: attachmentId(id),
    type: 'ElasticNetworkInterface',
    status: attachmentStatus(task.status, address),
    details: [
      detail('subnetId', subnet),
      ...(address === undefined
        ? []
        : [
            detail('networkInterfaceId', `eni-${id.slice(0, 17)}`),
            detail('macAddress', `0a:${id.slice(0, 10).replace(/(..)(?=.)/g, '$1:')}`),
            detail('privateDnsName', `ip-${address.replaceAll('.', '-')}.${task.identity.cluster.region}.compute.internal`),
            detail('privateIPv4Address', address),
          ]),
    ],
  };
}

function attachmentStatus(status: TaskStatus, address: string | undefined): string {
  if (status === 'STOPPED') return 'DELETED';
  if (status === 'DEPROVISIONING') return 'DETACHING';
  return address === undefined ? 'PRECREATED' : 'ATTACHED';
}

function containers(task: Task): JsonObject[] {
  const { id, definition, injectedContainers } = task.identity;
  const names = [...injectedContainers, ...definition.containers.map((container) => container.name)];
  return names.map((name, at) => {
    const exitCode = task.exitCode(name);
    return {
      containerArn: `${task.arn.replace(':task/', ':container/')}/${id.slice(0, 8)}-${at}`,
      taskArn: task.arn,
      name,
      lastStatus: exitCode === undefined ? containerStatus(task.status) : 'STOPPED',
      ...(exitCode !== undefined && { exitCode }),
      runtimeId: `${id}-${at}`,
      healthStatus: 'UNKNOWN',
      networkInterfaces: task.address === undefined ? [] : [{ attachmentId: attachmentId(id), privateIpv4Address: task.address }],
    };
  });
}

function containerStatus(status: TaskStatus): string {
  if (status === 'STOPPED') return 'STOPPED';
  return status === 'RUNNING' || status === 'DEACTIVATING' || status === 'STOPPING' ? 'RUNNING' : 'PENDING';
}

function attachmentId(taskId: string): string {
  return taskId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A letter that stays with the subnet. */
function zoneOf(subnet: string): string {
  return 'abc'.charAt([...subnet].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3);
}

function seconds(ms: number): number {
  return ms / 1000;
}
