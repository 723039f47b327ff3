import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closeRig, type ProgramEnd, programEnd, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Line and path of each mistake in the file below. */
const MISTAKES = [
  ['gitlab_runner_concurrency', 2],
  ['check_intervall_ms', 4],
  ['timing.owner_stale_ms', 7],
  ['managers_configs.dev.worker_cpu', 14],
  ['managers_configs.dev.worker_subnet_id', 17],
  ['managers_configs.dev.worker_ssh_port', 19],
] as const;

function document(gitlabUrl: string): string {
  return `gitlab_url: ${gitlabUrl}
gitlab_runner_concurrency: several
gitlab_runner_name_prefix: e2e
check_intervall_ms: 200
timing:
  heartbeat_ms: 10000
  owner_stale_ms: 1
gitlab_token: glrt-e2eE2Ee2eE2E00000001
store: { kind: directory, path: ./store }
managers_configs:
  dev:
    tags: [dev]
    worker_docker_image: registry.example.com/worker:1
    worker_cpu: 300
    worker_memory: 512
    worker_ecs_cluster_arn: arn:aws:ecs:eu-west-1:111122223333:cluster/workers
    worker_subnet_id: subnet-xyz
    worker_security_group_id: sg-0123456789abcdef0
    worker_ssh_port: 70000
`;
}

describe('a configuration with six mistakes', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
    await writeFile(join(rig.folder, 'broken.yaml'), document(rig.gitlab.url));
  });
  afterAll(() => closeRig(rig));

  it('is refused by run with code 78, every mistake named with its line, and nothing is started', async () => {
    const end = await programEnd('manager', ['run', '--config', 'broken.yaml'], rig.folder);
    expect(end.code).toBe(78);
    expect(end.stdout).toBe('');
    expect(end.stderr).toContain('broken.yaml: 6 problems');
    expect(placesIn(end.stderr)).toEqual(MISTAKES);
    expect(existsSync(join(rig.folder, 'store'))).toBe(false);
    expect(await rig.gitlab.control.requests()).toEqual([]);
    expect(await rig.aws.control.callCounts()).toEqual(new Map());
  });

  it('is refused by check in the same words', async () => {
    const [check, run] = await Promise.all(
      ['check', 'run'].map((verb): Promise<ProgramEnd> => programEnd('cli', [verb, '--config', 'broken.yaml'], rig.folder)),
    );
    expect(check?.code).toBe(78);
    expect(check?.stdout.trim()).toBe(run?.stderr.trim());
    expect(check?.stdout).not.toContain('glrt-');
  });
});

/** Path and line of each problem of a report, in its order. */
function placesIn(report: string): (readonly [string, number])[] {
  return [...report.matchAll(/^ {2}broken\.yaml:(\d+)(?::\d+)?:? (\S+?):? .*\[FR_CONFIG_/gm)].map(([, line, path]) => [
    path ?? '',
    Number(line),
  ]);
}
