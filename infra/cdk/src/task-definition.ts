import type { ContainerDefinition, TaskDefinition } from '@fargate-gitlab-runner/blueprint';
import { CfnDeletionPolicy, aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A task definition as the blueprint has it. Revisions outlive their successors: managers of the revision before go on starting workers of
 * theirs until they have been replaced, and a deployment that is rolled back goes back to them.
 */
export function taskDefinition(scope: Construct, id: string, definition: TaskDefinition): ecs.CfnTaskDefinition {
  const resource = new ecs.CfnTaskDefinition(scope, id, {
    ...definition,
    requiresCompatibilities: [...definition.requiresCompatibilities],
    containerDefinitions: definition.containerDefinitions.map(containerOf),
  });
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  return resource;
}

/** The same words; CloudFormation's types only want lists that may be changed. */
function containerOf(container: ContainerDefinition): ecs.CfnTaskDefinition.ContainerDefinitionProperty {
  const { command, environment, secrets, portMappings, healthCheck, ...same } = container;
  return {
    ...same,
    ...(command && { command: [...command] }),
    ...(environment && { environment: [...environment] }),
    ...(secrets && { secrets: [...secrets] }),
    ...(portMappings && { portMappings: [...portMappings] }),
    ...(healthCheck && { healthCheck: { ...healthCheck, command: [...healthCheck.command] } }),
  };
}
