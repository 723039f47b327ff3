import type { DeploymentConfig } from '@fargate-gitlab-runner/config';
import { aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The one log group of managers and workers. It is made here, so that no role needs to create groups. */
export function logGroup(scope: Construct, { name, deployment }: { readonly name: string; readonly deployment: DeploymentConfig }) {
  return new logs.CfnLogGroup(scope, 'Logs', {
    logGroupName: name,
    ...(deployment.logRetentionInDays > 0 && { retentionInDays: deployment.logRetentionInDays }),
    ...(deployment.logKmsKeyArn !== undefined && { kmsKeyId: deployment.logKmsKeyArn }),
  });
}
