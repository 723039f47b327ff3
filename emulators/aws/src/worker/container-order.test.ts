import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAwsRig } from '../aws-rig.contract.ts';

describe('containers that depend on others', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fgr-order-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const container = (name: string, script: string, more: object = {}) => ({ name, image: 'x', command: ['sh', '-c', script], ...more });
  const needs = (containerName: string, condition: string) => ({ dependsOn: [{ containerName, condition }] });

  async function started(containerDefinitions: readonly object[]) {
    const definition = { family: 'ordered', cpu: '256', memory: '512', containerDefinitions };
    const rig = await startAwsRig({ worker: { kind: 'ssh2', isolation: 'none' }, taskDefinitions: [definition] });
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ taskDefinition: 'ordered' })));
    return { rig, taskArn: tasks?.[0]?.taskArn ?? '' };
  }

  it('start after these have succeeded, and a container that is not essential ends without its task', async () => {
    const log = join(folder, 'log');
    const { rig, taskArn } = await started([
      container('main', `echo main >>${log}; sleep 600`, needs('setup', 'SUCCESS')),
      container('setup', `sleep 0.3; echo setup >>${log}`, { essential: false }),
    ]);
    await using _ = rig;
    while (!existsSync(log) || readFileSync(log, 'utf8').split('\n').length < 3) await systemClock.sleep(20);
    expect(readFileSync(log, 'utf8')).toBe('setup\nmain\n');
    expect((await rig.describe(taskArn)).desiredStatus).toBe('RUNNING');
  });

  it('do not start when these fail: the task has failed to start', async () => {
    const log = join(folder, 'log');
    const { rig, taskArn } = await started([
      container('main', `echo main >>${log}; sleep 600`, needs('setup', 'SUCCESS')),
      container('setup', 'exit 3', { essential: false }),
    ]);
    await using _ = rig;
    await rig.control.awaitStopped(taskArn);
    expect(await rig.describe(taskArn)).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('setup, which exited 3'),
    });
    expect(existsSync(log)).toBe(false);
  });

  it.each([
    ['a container that is not there', [container('a', 'true', needs('b', 'START'))], 'is not in the task definition'],
    ['each other', [container('a', 'true', needs('b', 'START')), container('b', 'true', needs('a', 'START'))], 'depend on each other'],
    ['health, which is not emulated', [container('a', 'true'), container('b', 'true', needs('a', 'HEALTHY'))], 'condition'],
  ])('can not depend on %s', async (_what, containers, complaint) => {
    await expect(started(containers)).rejects.toThrow(complaint);
  });
});
