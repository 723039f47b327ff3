import { workerFamilyOf } from './names.ts';

/** What a deployment is called: the first, second and third part of every name. */
export interface ServiceIdentity {
  /** The project code, such as `shop`. */
  readonly project: string;
  /** Such as `dev`. */
  readonly environment: string;
  /** Such as `gitlab-runner`. */
  readonly name: string;
}

/** Names of everything that a deployment makes on AWS, after the predecessor's pattern. */
export interface ServiceNames {
  /** The ECS service, and the value of the deployment tag on every task that its managers start. */
  readonly service: string;
  readonly managerFamily: string;
  readonly managerContainer: string;
  readonly logGroup: string;
  readonly managerTaskRole: string;
  readonly managerExecutionRole: string;
  readonly workerExecutionRole: string;
  /** What the families of all workers begin with. */
  readonly workerFamilyPrefix: string;
  readonly workerFamilyOf: (runner: string) => string;
}

/** The longest name of an IAM role. Source: IAM CreateRole. */
export const LONGEST_ROLE_NAME = 64;

/** The names of one deployment. */
export function serviceNames(identity: ServiceIdentity): ServiceNames {
  const service = `${identity.project}-${identity.environment}-${identity.name}`;
  return {
    service,
    managerFamily: `task-${service}-manager`.replaceAll('.', '-'),
    managerContainer: `cd-ecs-${service}-manager`,
    logGroup: `cwl-${service}`,
    managerTaskRole: `iam-role-${service}-manager-task`,
    managerExecutionRole: `iam-role-${service}-manager-execution`,
    workerExecutionRole: `iam-role-${service}-worker-execution`,
    workerFamilyPrefix: workerFamilyOf(identity, ''),
    workerFamilyOf: (runner) => workerFamilyOf(identity, runner),
  };
}
