import { CodedError, Secret } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placementFacts } from './placement-facts.test-double.ts';
import { buildPlacement } from './placement-request.ts';
import { readPlacement, storePlacement } from './stored-placement.ts';

describe('buildPlacement', () => {
  it('says everything that RunTask needs', () => {
    expect(buildPlacement(placementFacts())).toEqual({
      id: '0123456789abcdef01234567',
      region: 'eu-west-1',
      runTask: {
        cluster: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
        taskDefinition: 'worker-family',
        count: 1,
        clientToken: 'fgr-0123456789abcdef01234567',
        startedBy: 'fgr/0123456789abcdef01234567',
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
        },
        overrides: {
          containerOverrides: [
            {
              name: 'ci-coordinator',
              environment: [
                { name: 'SSH_PUBLIC_KEY', value: 'ssh-ed25519 AAAA job' },
                { name: 'FARGATE_GITLAB_RUNNER_NONCE', value: 'the-nonce' },
                { name: 'FARGATE_GITLAB_RUNNER_PLACEMENT', value: '0123456789abcdef01234567' },
              ],
            },
            { name: 'ci-deadline', command: ['sh', '-c', "trap 'exit 0' TERM; sleep 4200 & wait; exit 124"] },
          ],
        },
        tags: [
          { key: 'fargate-gitlab-runner:deployment', value: 'dev' },
          { key: 'fargate-gitlab-runner:runner', value: 'dev_tool1' },
          { key: 'fargate-gitlab-runner:job', value: '9007199254740993' },
          { key: 'fargate-gitlab-runner:placement', value: '0123456789abcdef01234567' },
          { key: 'fargate-gitlab-runner:store', value: 'abcdef0123456789abcdef01' },
        ],
        enableECSManagedTags: true,
      },
    });
  });

  it('leaves the deadline out where the definition has no container for it', () => {
    const { overrides } = buildPlacement(placementFacts({ hasDeadlineContainer: false })).runTask;
    expect(overrides.containerOverrides.map(({ name }) => name)).toEqual(['ci-coordinator']);
  });

  it('passes strategy and public address on', () => {
    const { runner } = placementFacts();
    const worker = { ...runner.worker, assignPublicIp: true, capacity: [{ provider: 'FARGATE_SPOT', weight: 3, base: 1 }] };
    const { runTask } = buildPlacement(placementFacts({ runner: { ...runner, worker } }));
    expect(runTask.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 3, base: 1 }]);
    expect(runTask.networkConfiguration.awsvpcConfiguration.assignPublicIp).toBe('ENABLED');
  });

  it('refuses overrides beyond the 8192 characters that ECS takes', () => {
    const lengthOf = (nonce: string) =>
      JSON.stringify(buildPlacement(placementFacts({ nonce: new Secret(nonce) })).runTask.overrides).length;
    const room = 8192 - lengthOf('');
    expect(lengthOf('x'.repeat(room))).toBe(8192);
    expect(() => lengthOf('x'.repeat(room + 1))).toThrow(CodedError);
    expect(() => lengthOf('x'.repeat(room + 1))).toThrow('8193 characters');
  });

  it('makes tags that AWS takes of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (jobId) => {
        for (const { value } of buildPlacement(placementFacts({ jobId })).runTask.tags) {
          expect(value.length).toBeLessThanOrEqual(256);
          expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
        }
      }),
    );
  });
});

describe('stored placement', () => {
  it('is read back word for word, with what a newer version added', () => {
    const placement = buildPlacement(placementFacts());
    expect(readPlacement(storePlacement(placement))).toEqual(placement);
    const newer = { ...placement, runTask: { ...placement.runTask, platformVersion: '1.4.0' } };
    expect(JSON.parse(storePlacement(readPlacement(JSON.stringify(newer))))).toEqual(newer);
  });

  it('is refused when it is damaged', () => {
    expect(() => readPlacement('{"id":"p","region":"r","runTask":{}}')).toThrow('clientToken');
  });
});
