import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsRig, CLUSTER, startAwsRig, workerOverrides } from '../aws-rig.contract.ts';
import type { EmulatedTask } from '../control/emulated-task.ts';
import type { WorkerFaults } from './worker-faults.ts';
import type { WorkerOptionsInput } from './worker-options.ts';
import { clientKey, login, loginWhenOpen, run } from './ssh-client.contract.ts';

const key = clientKey();

const WORKERS: readonly WorkerOptionsInput[] = [
  { kind: 'ssh2', shell: 'dash', isolation: 'none' },
  { kind: 'ssh2', shell: 'busybox', isolation: 'bwrap' },
  { kind: 'ssh2', shell: 'bash', isolation: 'bwrap', withGit: false },
  { kind: 'sshd', shell: 'dash', isolation: 'bwrap' },
  { kind: 'sshd', shell: 'busybox', isolation: 'bwrap', withGit: false },
  { kind: 'sshd', shell: 'bash', isolation: 'none' },
];

describe.each(WORKERS)('a worker of kind $kind with $shell, isolation $isolation', (worker) => {
  let folder: string;
  let rig: AwsRig;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aws-worker-'));
    rig = await startAwsRig({ worker, root: join(folder, 'root') });
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('lets the key of RunTask in, runs commands in its shell, and reports code, output and environment', async () => {
    const task = await startWorker(rig);
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    const result = await run(client, 'cat; echo oops >&2; pwd; echo "$HOME $FARGATE_GITLAB_RUNNER_NONCE"; exit 42', 'from stdin\n');
    const shell = await run(client, 'readlink /proc/$$/exe');
    const git = await run(client, 'git --version');
    const killed = await run(client, 'kill -TERM $$');
    client.end();
    expect(result).toEqual({ code: 42, signal: undefined, stdout: `from stdin\n${task.home}\n${task.home} the-nonce\n`, stderr: 'oops\n' });
    expect(shell.stdout).toContain(worker.shell);
    expect(git.code).toBe(worker.withGit === false ? 127 : 0);
    expect(killed).toMatchObject({ code: undefined, signal: expect.stringMatching(/TERM$/) });
    await stopWorker(rig, task);
  });

  it('refuses another key', async () => {
    const task = await startWorker(rig);
    (await loginWhenOpen(task.address ?? '', key.privateKey)).end();
    await expect(login(task.address ?? '', clientKey().privateKey)).rejects.toThrow('authentication');
    await stopWorker(rig, task);
  });

  it('keeps a detached process when the connection drops, and kills it with the task', async () => {
    const task = await startWorker(rig);
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    await run(client, 'setsid sh -c "while :; do date >> beat; sleep 0.1; done" </dev/null >/dev/null 2>&1 &');
    const dropped = closed(client);
    await rig.control.dropConnections(task.taskArn);
    await dropped;
    const again = await loginWhenOpen(task.address ?? '', key.privateKey);
    const counted = await run(again, ': > beat; until [ -s beat ]; do sleep 0.05; done; echo beats');
    expect(counted.stdout).toBe('beats\n');
    again.end();
    const before = (await taskOf(rig, task)).pids;
    expect(before.length).toBeGreaterThan(2);
    await stopWorker(rig, task);
    expect(before.filter(isAlive)).toEqual([]);
    expect(existsSync(task.home ?? '')).toBe(false);
  });
});

async function startWorker(rig: AwsRig, faults: WorkerFaults = {}): Promise<EmulatedTask> {
  await rig.control.failWorkers(faults);
  const { tasks } = await rig.ecs.send(new RunTaskCommand(rig.request({ overrides: workerOverrides(key.publicKey) })));
  const taskArn = tasks?.[0]?.taskArn ?? '';
  for (;;) {
    const task = (await rig.control.tasks()).find((one) => one.taskArn === taskArn);
    if (task?.lastStatus === 'RUNNING') return task;
    if (task?.lastStatus === 'STOPPED') throw new Error(task.stoppedReason);
    await systemClock.sleep(10);
  }
}

async function stopWorker(rig: AwsRig, task: EmulatedTask): Promise<void> {
  await rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: task.taskArn, reason: 'the test is over' }));
  await rig.control.awaitStopped(task.taskArn);
}

async function taskOf(rig: AwsRig, task: EmulatedTask): Promise<EmulatedTask> {
  const found = (await rig.control.tasks()).find((one) => one.taskArn === task.taskArn);
  if (!found) throw new Error('the task is gone');
  return found;
}

function closed(client: Client): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
