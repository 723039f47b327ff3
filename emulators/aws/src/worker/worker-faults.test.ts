import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { DEADLINE_CONTAINER, DEADLINE_EXIT_CODE, deadlineCommand, shimFolderOf } from '@fargate-gitlab-runner/blueprint';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { Client } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsRig, startAwsRig } from '../aws-rig.contract.ts';
import { isLiving } from './living.contract.ts';
import { login, loginWhenOpen, run } from './ssh-client.contract.ts';
import type { WorkerOptionsInput } from './worker-options.ts';
import { key, startWorker, stopWorker } from './worker-rig.contract.ts';

const SSHD: WorkerOptionsInput = { kind: 'sshd', shell: 'dash' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aws-faults-'));
});
afterEach(() => {
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

function rigWith(worker: WorkerOptionsInput): Promise<AwsRig> {
  return startAwsRig({ worker, root: join(folder, 'root') });
}

/** Tries until it is let in, as long as it is only the key that is refused. */
async function loginWhenAdmitted(address: string): Promise<Client> {
  for (;;) {
    try {
      return await login(address, key.privateKey);
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('authentication'))) throw error;
      await systemClock.sleep(20);
    }
  }
}

describe.each<WorkerOptionsInput>([{ kind: 'ssh2', shell: 'dash' }, SSHD])('faults of a worker of kind $kind', (worker) => {
  it('refuse the right key as often as ordered, then let it in', async () => {
    await using rig = await rigWith(worker);
    await rig.control.failWorkers({ authRefusals: 1 });
    const task = await startWorker(rig);
    await expect(loginWhenOpen(task.address ?? '', key.privateKey)).rejects.toThrow('authentication');
    const client = await loginWhenAdmitted(task.address ?? '');
    expect(await run(client, 'echo in')).toMatchObject({ stdout: 'in\n' });
    client.end();
  });

  it('keep the environment of the container away from sessions, or give it a wrong nonce', async () => {
    await using rig = await rigWith(worker);
    await rig.control.failWorkers({ bareSessions: true });
    await rig.control.failWorkers({ wrongNonce: 'forged' });
    const [bare, wrong] = [await startWorker(rig), await startWorker(rig)];
    const ask = async (address = '') => {
      const client = await loginWhenOpen(address, key.privateKey);
      const { stdout } = await run(
        client,
        'printenv FARGATE_GITLAB_RUNNER_NONCE || echo none; tr "\\0" "\\n" </proc/1/environ | grep NONCE',
      );
      client.end();
      return stdout;
    };
    expect(await ask(bare.address)).toBe('none\nFARGATE_GITLAB_RUNNER_NONCE=the-nonce\n');
    expect(await ask(wrong.address)).toBe('forged\nFARGATE_GITLAB_RUNNER_NONCE=forged\n');
  });

  it('make HOME and /tmp small', async () => {
    await using rig = await rigWith(worker);
    await rig.control.failWorkers({ diskBytes: 65_536 });
    const task = await startWorker(rig);
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    const { stdout, stderr } = await run(client, 'for f in "$HOME/f" /tmp/f; do head -c 100000 /dev/zero > $f; wc -c < $f; done');
    client.end();
    const sizes = stdout.trim().split(/\s+/).map(Number);
    expect(sizes).toHaveLength(2);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(65_536);
    expect(stderr).toContain('No space left');
  });

  it('leave the SSH port closed for a while after RUNNING', async () => {
    await using rig = await rigWith(worker);
    await rig.control.failWorkers({ sshRefusedMs: 600_000 });
    const task = await startWorker(rig);
    await expect(login(task.address ?? '', key.privateKey)).rejects.toThrow('ECONNREFUSED');
    await stopWorker(rig, task);
  });
});

describe('the containers of a task', () => {
  it('end the task when the deadline container has slept its time, whatever the worker does', async () => {
    await using rig = await rigWith(SSHD);
    const containerOverrides = [{ name: DEADLINE_CONTAINER, command: deadlineCommand(4) }];
    const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ overrides: { containerOverrides } })));
    const taskArn = tasks?.[0]?.taskArn ?? '';
    await rig.control.awaitStopped(taskArn);
    const task = await rig.describe(taskArn);
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' });
    expect(task.containers?.find((one) => one.name === DEADLINE_CONTAINER)?.exitCode).toBe(DEADLINE_EXIT_CODE);
  });

  it('freeze and go on', async () => {
    await using rig = await rigWith(SSHD);
    const task = await startWorker(rig);
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    await rig.control.pauseTask(task.taskArn);
    const answer = run(client, 'echo thawed');
    expect((await rig.control.pids(task.taskArn)).length).toBeGreaterThan(1);
    await rig.control.resumeTask(task.taskArn);
    expect(await answer).toMatchObject({ stdout: 'thawed\n' });
    client.end();
  });

  it('leave no shim folder on the machine where /tmp is shared', async () => {
    await using rig = await rigWith({ ...SSHD, isolation: 'none' });
    const task = await startWorker(rig);
    mkdirSync(shimFolderOf('placement-1'), { recursive: true });
    await stopWorker(rig, task);
    expect(existsSync(shimFolderOf('placement-1'))).toBe(false);
  });

  it('die with the emulator', async () => {
    const rig = await rigWith({ kind: 'ssh2', shell: 'dash', isolation: 'none' });
    const task = await startWorker(rig);
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    await run(client, 'setsid sleep 600 </dev/null >/dev/null 2>&1 &');
    const pids = await rig.control.pids(task.taskArn);
    await rig[Symbol.asyncDispose]();
    expect(pids.filter(isLiving)).toEqual([]);
  });
});
