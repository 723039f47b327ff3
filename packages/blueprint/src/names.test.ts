import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as names from './names.ts';

describe('names', () => {
  it('are contracts and stay what they are', () => {
    expect({
      container: names.WORKER_CONTAINER,
      deadline: names.DEADLINE_CONTAINER,
      ports: [names.WORKER_SSH_PORT, names.TOOLBOX_SSH_PORT],
      env: names.WORKER_ENV,
      definitionEnv: names.WORKER_DEFINITION_ENV,
      tags: names.TASK_TAGS,
      program: names.PROGRAM_NAME,
    }).toEqual({
      container: 'ci-coordinator',
      deadline: 'ci-deadline',
      ports: [22, 2222],
      env: { sshPublicKey: 'SSH_PUBLIC_KEY', nonce: 'FARGATE_GITLAB_RUNNER_NONCE', placement: 'FARGATE_GITLAB_RUNNER_PLACEMENT' },
      definitionEnv: { sshPort: 'WORKER_SSH_PORT' },
      tags: {
        deployment: 'fargate-gitlab-runner:deployment',
        runner: 'fargate-gitlab-runner:runner',
        job: 'fargate-gitlab-runner:job',
        placement: 'fargate-gitlab-runner:placement',
        store: 'fargate-gitlab-runner:store',
      },
      program: 'fargate-gitlab-runner',
    });
  });

  it('of a placement fit what ECS takes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{32}$/), (id) => {
        expect(names.startedByOf(id)).toMatch(/^[A-Za-z0-9_/-]{1,128}$/);
        expect(names.clientTokenOf(id)).toMatch(/^[\x21-\x7e]{1,64}$/);
        expect(names.shimFolderOf(id)).toMatch(/^\/tmp\/[^/]+$/);
      }),
      { seed: 5 },
    );
  });

  it('of task definitions are families that ECS takes', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,63}$/);
    fc.assert(
      fc.property(part, part, (deployment, runner) => {
        expect(names.defaultWorkerFamilyOf(deployment, runner)).toMatch(/^[\w-]{1,255}$/);
        expect(names.workerFamilyOf({ project: 'shop', environment: 'dev', name: deployment }, runner)).toMatch(/^[\w-]{1,255}$/);
      }),
      { seed: 5 },
    );
    expect(names.workerFamilyOf({ project: 'shop', environment: 'dev', name: 'runner' }, 'dev_tool1')).toBe(
      'task-shop-dev-runner-worker-dev_tool1',
    );
  });
});
