import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsRig, startAwsRig } from '../aws-rig.contract.ts';
import type { EmulatedTask } from '../control/emulated-task.ts';
import { ed25519Keys } from './ed25519-keys.ts';
import { isLiving } from './living.contract.ts';
import { login, loginWhenOpen, run } from './ssh-client.contract.ts';
import type { WorkerOptionsInput } from './worker-options.ts';
import { key, startWorker, stopWorker } from './worker-rig.contract.ts';

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
  let task: EmulatedTask;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aws-worker-'));
    rig = await startAwsRig({ worker, root: join(folder, 'root') });
    task = await startWorker(rig);
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('lets the key of RunTask in, runs commands in its shell, and reports code, output and environment', async () => {
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    const result = await run(client, 'cat; echo oops >&2; pwd; echo "$HOME $FARGATE_GITLAB_RUNNER_NONCE"; exit 42', 'from stdin\n');
    const shell = await run(client, 'readlink /proc/$$/exe; true');
    const git = await run(client, 'git --version');
    const killed = await run(client, 'kill -TERM $$');
    client.end();
    expect(result).toEqual({ code: 42, signal: undefined, stdout: `from stdin\n${task.home}\n${task.home} the-nonce\n`, stderr: 'oops\n' });
    expect(shell.stdout).toContain(worker.shell);
    expect(git.code).toBe(worker.withGit === false ? 127 : 0);
    expect(killed).toMatchObject({ code: undefined, signal: expect.stringMatching(/TERM$/) });
  });

  it('refuses another key', async () => {
    (await loginWhenOpen(task.address ?? '', key.privateKey)).end();
    await expect(login(task.address ?? '', ed25519Keys().privateKey)).rejects.toThrow('authentication');
  });

  it('keeps a detached process when the connection drops, and kills it with the task', async () => {
    const client = await loginWhenOpen(task.address ?? '', key.privateKey);
    await run(client, 'setsid sh -c "while :; do date >> beat; sleep 0.1; done" </dev/null >/dev/null 2>&1 &');
    const dropped = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await rig.control.dropConnections(task.taskArn);
    await dropped;
    const again = await loginWhenOpen(task.address ?? '', key.privateKey);
    const counted = await run(again, ': > beat; until [ -s beat ]; do sleep 0.05; done; echo beats');
    expect(counted.stdout).toBe('beats\n');
    again.end();
    const before = await rig.control.pids(task.taskArn);
    expect(before.length).toBeGreaterThan(2);
    await stopWorker(rig, task);
    expect(before.filter(isLiving)).toEqual([]);
    expect(existsSync(task.home ?? '')).toBe(false);
  });
});

describe('workers of two images on one host', () => {
  it('have the shell and the programs of their own image', async () => {
    const definition = (family: string, image: string) => ({
      family,
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'ci-coordinator', image },
        { name: 'ci-deadline', image },
      ],
    });
    await using rig = await startAwsRig({
      worker: {
        images: [
          { image: 'small', shell: 'busybox', with: ['zip'], without: ['wget'] },
          { image: 'plain', shell: 'dash', without: ['zip', 'bash'] },
        ],
      },
      taskDefinitions: [definition('small', 'small'), definition('plain', 'plain')],
    });
    const seen = async (family: string) => {
      const task = await startWorker(rig, family);
      const client = await loginWhenOpen(task.address ?? '', key.privateKey);
      const programs = 'for name in git zip curl bash; do command -v $name > /dev/null && printf "%s " $name; done';
      const { stdout } = await run(client, `basename "$(readlink /proc/$$/exe)"; ${programs}`);
      client.end();
      return stdout.trim().split(/\s+/);
    };
    expect(await Promise.all(['small', 'plain'].map(seen))).toEqual([
      ['busybox', 'git', 'zip'],
      ['dash', 'git', 'curl'],
    ]);
  });
});
