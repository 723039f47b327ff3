import { environmentOf } from './common.ts';

/** The environment that others rely on: versions that dev has run, and two managers, so that one is there while the other is replaced. Zeros and replace-me are to be filled in; `npm run check -- prd` names them. */
export const prd = environmentOf({
  environment: 'prd',
  account: '000000000000',
  region: 'eu-west-1',
  versions: { manager: '0.1.0', worker: '0.1.0' },
  managerInstanceCount: 2,
  network: {
    managerSubnetIds: ['subnet-00000000000000000'],
    managerSecurityGroupId: 'sg-00000000000000000',
    workerSubnetIds: ['subnet-00000000000000000'],
    workerSecurityGroupId: 'sg-00000000000000000',
  },
  jobRoleArn: 'arn:aws:iam::000000000000:role/replace-me',
  tokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:replace-me-AbCdEf',
});
