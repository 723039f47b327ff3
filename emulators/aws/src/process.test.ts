import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ecsClient } from './aws-rig.contract.ts';
import { type AwsEmulatorProcess, startAwsEmulatorProcess } from './process.ts';
import { isLiving } from './worker/living.contract.ts';

const options = {
  clusters: [{ name: 'workers' }],
  taskDefinitions: [workerTaskDefinition({ family: 'worker', image: 'i', cpu: 256, memoryMiB: 512 })],
};

describe('an emulator in a process of its own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aws-process-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('answers, and is gone after stop, twice as once', async () => {
    const emulator = await startAwsEmulatorProcess({ options: { ...options, root: join(folder, 'root') } });
    const ecs = ecsClient(emulator.url);
    expect((await ecs.send(new ListTasksCommand({ cluster: 'workers' }))).taskArns).toEqual([]);
    ecs.destroy();
    await emulator.stop();
    await emulator.stop();
    expect(isLiving(emulator.pid)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes its tasks and files along when it is killed', async () => {
    const root = join(folder, 'root');
    const worker = { kind: 'sshd' as const, isolation: 'none' as const };
    const emulator = await startAwsEmulatorProcess({ options: { ...options, worker, root } });
    const pids = await runOneTask(emulator);
    process.kill(emulator.pid, 'SIGKILL');
    await emulator.stop();
    expect(pids.length).toBeGreaterThan(1);
    while (existsSync(root) || pids.some(isLiving)) await systemClock.sleep(20);
  });

  it('says why it does not come up', async () => {
    const started = startAwsEmulatorProcess({ options: { ...options, clusters: [{ name: 'not a name' }] } });
    await expect(started).rejects.toThrow('name must be a cluster name or ARN');
  });
});

async function runOneTask(emulator: AwsEmulatorProcess): Promise<readonly number[]> {
  const ecs = ecsClient(emulator.url);
  const { tasks } = await ecs.send(
    new RunTaskCommand({
      cluster: 'workers',
      taskDefinition: 'worker',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
    }),
  );
  ecs.destroy();
  while ((await emulator.control.tasks())[0]?.lastStatus !== 'RUNNING') await systemClock.sleep(20);
  return emulator.control.pids(tasks?.[0]?.taskArn ?? '');
}
