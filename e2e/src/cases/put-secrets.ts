import type { AwsControl } from '@fargate-gitlab-runner/emulator-aws';
import type { JobVariable } from '@fargate-gitlab-runner/emulator-gitlab';
import type { Case } from './case.ts';

/** What the operator of the walk's runners lets jobs have by the manager's own role. */
export const PERMITTED_SECRETS: readonly string[] = [
  'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ci/*',
  'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*',
];

/** Puts the secrets of a case into the stand-in AWS, and gives the variables of its pipeline that have their ARNs. */
export function putSecrets(aws: AwsControl, { secrets = {} }: Case): Promise<readonly JobVariable[]> {
  return Promise.all(
    Object.entries(secrets).map(async ([key, { service, name, value }]) => ({
      key,
      value: service === 'Secrets Manager' ? (await aws.putSecret({ name, value })).arn : await aws.putParameter(`/${name}`, value),
    })),
  );
}
