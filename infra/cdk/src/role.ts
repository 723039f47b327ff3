import type { PolicyDocument } from '@fargate-gitlab-runner/blueprint';
import { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What a role is made of. */
export interface RoleInput {
  readonly name: string;
  readonly trust: PolicyDocument;
  /** By name. */
  readonly policies: Readonly<Record<string, PolicyDocument>>;
  readonly permissionsBoundaryArn: string | undefined;
}

/** A role with its permissions inline: nobody else's policy is attached to it. */
export function role(scope: Construct, id: string, input: RoleInput): iam.CfnRole {
  return new iam.CfnRole(scope, id, {
    roleName: input.name,
    assumeRolePolicyDocument: input.trust,
    policies: Object.entries(input.policies).map(([policyName, policyDocument]) => ({ policyName, policyDocument })),
    ...(input.permissionsBoundaryArn !== undefined && { permissionsBoundary: input.permissionsBoundaryArn }),
  });
}
