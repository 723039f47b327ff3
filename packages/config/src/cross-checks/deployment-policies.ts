import {
  executionPolicy,
  LARGEST_ROLE_POLICIES,
  managerRolePolicies,
  type PermittedWorker,
  rolePoliciesSize,
  serviceNames,
} from '@fargate-gitlab-runner/blueprint';
import type { DraftRunner } from '../schema/document-schema.ts';
import { parseArn } from '../schema/aws-arn.ts';
import type { CrossCheck, Subject } from './cross-check.ts';

/** Stand for what is not known before it is made: no bucket has a longer name, and every key as long an id. */
const SOME_BUCKET = `arn:aws:s3:::${'x'.repeat(63)}`;
const SOME_KEY_ID = '00000000-0000-0000-0000-000000000000';

/** IAM takes the policies of the roles: those of the managers name every family and role of workers. */
export const checkDeploymentPolicies: CrossCheck = (subject) => {
  const roles = rolesOf(subject);
  return [...roles].flatMap(([role, policies]) => {
    const size = rolePoliciesSize(policies);
    if (size <= LARGEST_ROLE_POLICIES) return [];
    return [
      {
        code: 'FR_CONFIG_TOO_MANY_RUNNERS',
        path: ['managers_configs'],
        given: `${subject.runners.length} runners`,
        what: `with these runners the policies of the role ${role} would have ${size} characters, and IAM takes ${LARGEST_ROLE_POLICIES}`,
      },
    ];
  });
};

/** The policies by role, as far as the document tells; none where it doesn't name the service. */
function rolesOf({ draft, runners }: Subject) {
  const { project_code: project, environment, service_name: name, manager_ecs_cluster_arn: cluster = '' } = draft;
  const arn = parseArn(cluster);
  if (project === undefined || environment === undefined || name === undefined || 'fault' in arn) return new Map<string, never>();
  const names = serviceNames({ project, environment, name });
  const place = { partition: arn.partition, region: arn.region, account: arn.account };
  const keyArn = `arn:${place.partition}:kms:${place.region}:${place.account}:key/${SOME_KEY_ID}`;
  const workers = runners.flatMap((runner) => permitted(runner, names.workerFamilyOf));
  return new Map([
    [
      names.managerTaskRole,
      managerRolePolicies({
        place,
        names,
        workers,
        workerExecutionRoleArn: `arn:${place.partition}:iam::${place.account}:role/${names.workerExecutionRole}`,
        jobStore: { bucketArn: SOME_BUCKET, keyArn },
        cache: { bucketArn: SOME_BUCKET, keyArn, region: place.region, prefix: draft.cache_prefix ?? '' },
        jobSecretArns: draft.job_secret_arns ?? [],
        isExecOn: draft.manager_execute_command ?? false,
      }),
    ],
    [
      names.workerExecutionRole,
      {
        execution: executionPolicy({
          place,
          images: runners.flatMap(({ values }) => values.worker_docker_image ?? []),
          logGroup: names.logGroup,
          logStreams: `${names.workerFamilyPrefix}*`,
        }),
      },
    ],
  ]);
}

function permitted({ name, values }: DraftRunner, familyOf: (runner: string) => string): PermittedWorker[] {
  const { worker_ecs_cluster_arn: clusterArn, worker_task_role_arn: taskRoleArn } = values;
  if (name === undefined || clusterArn === undefined) return [];
  return [{ clusterArn, family: familyOf(name), ...(taskRoleArn !== undefined && { taskRoleArn }) }];
}
