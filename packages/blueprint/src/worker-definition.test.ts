import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { DEADLINE_EXIT_CODE, deadlineCommand, workerTaskDefinition } from './worker-definition.ts';

describe("a worker's task definition", () => {
  const input = { family: 'task-worker', image: 'worker:1', cpu: 256, memoryMiB: 512 };

  it('has the container that runs jobs and the one that ends them, both essential', () => {
    const definition = workerTaskDefinition(input);
    expect(definition).toMatchObject({
      family: 'task-worker',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
    });
    expect(definition.containerDefinitions.map(({ name, essential, image }) => ({ name, essential, image }))).toEqual([
      { name: 'ci-coordinator', essential: true, image: 'worker:1' },
      { name: 'ci-deadline', essential: true, image: 'worker:1' },
    ]);
  });

  it('tells the image a port that is not the usual one, and no other container', () => {
    expect(workerTaskDefinition({ ...input, sshPort: 2200 }).containerDefinitions).toMatchObject([
      { environment: [{ name: 'WORKER_SSH_PORT', value: '2200' }], portMappings: [{ containerPort: 2200, protocol: 'tcp' }] },
      { name: 'ci-deadline' },
    ]);
    for (const definition of [workerTaskDefinition(input), workerTaskDefinition({ ...input, sshPort: 22 })])
      expect(JSON.stringify(definition)).not.toContain('environment');
  });

  it('leaves out roles and logs that were not given', () => {
    expect(JSON.stringify(workerTaskDefinition(input))).not.toMatch(/Role|log|null/i);
    const logs = { group: 'g', region: 'eu-west-1' };
    expect(workerTaskDefinition({ ...input, taskRoleArn: 'arn:x', logs })).toMatchObject({
      taskRoleArn: 'arn:x',
      containerDefinitions: [{ logConfiguration: { options: { 'awslogs-group': 'g', 'awslogs-stream-prefix': 'task-worker' } } }, {}],
    });
  });
});

describe('the deadline command', () => {
  it('sleeps at least a second, and whole seconds', () => {
    expect(deadlineCommand(0).at(-1)).toContain('sleep 1 &');
    expect(deadlineCommand(90.2).at(-1)).toContain('sleep 91 &');
  });

  it('is a script that says by its exit code that the deadline has passed', () => {
    const [shell = '', ...args] = deadlineCommand(1);
    expect(spawnSync(shell, args, { timeout: 20_000 }).status).toBe(DEADLINE_EXIT_CODE);
  });
});
