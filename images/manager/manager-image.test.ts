import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MANAGER_ENV, MANAGER_HEALTH_CHECK, MANAGER_TELEMETRY_PORT } from '@fargate-gitlab-runner/blueprint';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { builtProgram, lastingPort } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const healthcheck = fileURLToPath(new URL('healthcheck.sh', import.meta.url));
const dockerfile = new URL('Dockerfile', import.meta.url);
const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path)) ?? 'busybox is not installed';

describe('what is in the manager image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fgr-image-'));
  let port = 0;
  beforeAll(async () => {
    port = await lastingPort();
    mkdirSync(join(folder, 'bin'));
    // Alpine's wget is busybox's.
    for (const applet of ['sh', 'wget']) symlinkSync(BUSYBOX, join(folder, 'bin', applet));
    cpSync(builtProgram('manager'), join(folder, 'manager.mjs'));
    const runner = {
      worker_docker_image: 'registry.example.com/worker:1',
      worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
      worker_subnet_id: 'subnet-0a1b2c3d',
      worker_security_group_id: 'sg-0a1b2c3d',
    };
    const config = {
      gitlab_url: 'http://127.0.0.1:1',
      gitlab_runner_name_prefix: 'image',
      gitlab_token: 'glrt-imageIMAGEimage0001',
      store: { kind: 'directory', path: join(folder, 'store') },
      ecs: { endpoint: 'http://127.0.0.1:1', credentials: 'local' },
      telemetry: { port },
      managers_configs: { only: runner },
    };
    writeFileSync(join(folder, 'manager.json'), JSON.stringify(config));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const health = () =>
    new Promise<number>((resolve) =>
      execFile(healthcheck, { env: { PATH: join(folder, 'bin'), [MANAGER_ENV.telemetryPort]: String(port) } }, (error) =>
        resolve(error === null ? 0 : Number(error.code ?? -1)),
      ),
    );

  it('runs from one file alone, is healthy as long as it runs, and hands over at SIGTERM', async () => {
    expect(await health()).not.toBe(0);
    const manager = spawn(process.execPath, ['manager.mjs', 'run', '--config', 'manager.json'], { cwd: folder, stdio: 'ignore' });
    const ended = once(manager, 'exit');
    while ((await health()) !== 0 && manager.exitCode === null) await systemClock.sleep(50);
    expect(manager.exitCode).toBe(null);
    manager.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await health()).not.toBe(0);
  });

  it('has its port and its health check where the task definition expects them', () => {
    const text = readFileSync(dockerfile, 'utf8');
    expect(text).toContain(`TELEMETRY_PORT=${MANAGER_TELEMETRY_PORT}`);
    expect(text).toContain(`images/manager/healthcheck.sh ${MANAGER_HEALTH_CHECK}\n`);
  });
});
