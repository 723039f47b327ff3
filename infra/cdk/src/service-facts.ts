import { type AwsPlace, type ServiceNames, serviceNames, type TaskLogs } from '@fargate-gitlab-runner/blueprint';
import type { DeploymentConfig } from '@fargate-gitlab-runner/config';
import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { JudgedProps } from './judged-props.ts';

/** What all parts of a deployment know of it. */
export interface ServiceFacts extends JudgedProps {
  readonly names: ServiceNames;
  readonly place: AwsPlace;
  readonly logs: TaskLogs;
  /** Written out of the role's name: the policies of its own bucket and key name it, and a reference would be a circle. */
  readonly managerTaskRoleArn: string;
}

/** The facts of a deployment whose props passed every check. */
export function serviceFacts(scope: Construct, judged: JudgedProps): ServiceFacts {
  const { deployment } = judged;
  const names = namesOf(deployment);
  const place = { partition: Aws.PARTITION, region: deployment.region, account: Stack.of(scope).account };
  return {
    ...judged,
    names,
    place,
    logs: { group: names.logGroup, region: place.region },
    managerTaskRoleArn: `arn:${place.partition}:iam::${place.account}:role/${names.managerTaskRole}`,
  };
}

function namesOf({ project, environment, serviceName }: DeploymentConfig): ServiceNames {
  return serviceNames({ project, environment, name: serviceName });
}
