import { Secret } from '@fargate-gitlab-runner/kernel';
import type { PlacementFacts } from './placement-request.ts';

/** The facts of a placement that ECS would take, for tests. */
export function placementFacts(changes: Partial<PlacementFacts> = {}): PlacementFacts {
  return {
    runner: {
      name: 'dev_tool1',
      worker: {
        region: 'eu-west-1',
        clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
        taskDefinition: 'worker-family',
        subnetIds: ['subnet-1', 'subnet-2'],
        securityGroupIds: ['sg-1'],
        assignPublicIp: false,
        capacity: [{ provider: 'FARGATE', weight: 1 }],
      },
    },
    placementId: '0123456789abcdef01234567',
    jobId: '9007199254740993',
    deployment: 'dev',
    storeId: 'abcdef0123456789abcdef01',
    publicKey: 'ssh-ed25519 AAAA job',
    nonce: new Secret('the-nonce'),
    deadlineInS: 4200,
    ...changes,
  };
}
