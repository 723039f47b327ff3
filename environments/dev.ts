import { environmentOf } from './common.ts';

/** The environment in which changes are tried. Zeros and replace-me are to be filled in; `npm run check -- dev` names them. */
export const dev = environmentOf({
  environment: 'dev',
  account: '000000000000',
  region: 'eu-west-1',
  versions: { manager: '0.1.0', worker: '0.1.0' },
  // Instead of images in a registry, those of this clone; `npm run build` before, and Docker at hand:
  // imagesOfClone: { worker: 'debian' },
  managerInstanceCount: 1,
  network: {
    managerSubnetIds: ['subnet-00000000000000000'],
    managerSecurityGroupId: 'sg-00000000000000000',
    workerSubnetIds: ['subnet-00000000000000000'],
    workerSecurityGroupId: 'sg-00000000000000000',
  },
  jobRoleArn: 'arn:aws:iam::000000000000:role/replace-me',
  tokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:replace-me-AbCdEf',
});
