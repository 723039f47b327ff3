/** What the ECS service of the managers is made of. */
export interface ServiceSettingsInput {
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  /** Manager processes, each a runner manager of its own to GitLab. */
  readonly instanceCount: number;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Only where the subnets have no way out but an internet gateway. */
  readonly assignPublicIp: boolean;
  /** Whether ECS Exec opens shells in managers; goes with `isExecOn` of their role's policies. */
  readonly isExecOn: boolean;
}

/**
 * The service in the shape of ECS CreateService. Successors start before predecessors stop (100 to 200 %), because a manager hands its jobs
 * over to one that is already there; a deployment that does not become healthy is rolled back.
 */
export function managerServiceSettings(input: ServiceSettingsInput) {
  return {
    serviceName: input.serviceName,
    cluster: input.clusterArn,
    taskDefinition: input.taskDefinitionArn,
    desiredCount: input.instanceCount,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    enableExecuteCommand: input.isExecOn,
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: input.subnetIds,
        securityGroups: input.securityGroupIds,
        assignPublicIp: input.assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const),
      },
    },
  };
}
