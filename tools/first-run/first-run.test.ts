import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const probe = fileURLToPath(new URL('../../examples/first-run/probe.sh', import.meta.url));
const script = fileURLToPath(new URL('../first-run.ts', import.meta.url));
const TASK = {
  Cluster: 'workers',
  TaskARN: 'arn:aws:ecs:eu-west-1:111122223333:task/workers/0a1b',
  Family: 'task-shop-dev-gitlab-runner-worker-dev',
  LaunchType: 'FARGATE',
  AvailabilityZone: 'eu-west-1a',
  PullStartedAt: '2026-01-01T00:00:01Z',
  PullStoppedAt: '2026-01-01T00:00:09Z',
};
const CREDENTIALS = {
  RoleArn: 'arn:aws:iam::111122223333:role/jobs',
  AccessKeyId: 'AKIASECRET',
  SecretAccessKey: 'never-to-be-printed',
  Token: 'x',
};

async function listening(answer: (request: IncomingMessage, body: string) => string | undefined): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const content = answer(request, await text(request));
    response.writeHead(content === undefined ? 404 : 200).end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` };
}

/** What a job prints: the probe for real, where ECS's two addresses are ours. */
function ran(endpoint: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    CI_SERVER_URL: endpoint,
    ECS_CONTAINER_METADATA_URI_V4: `${endpoint}/v4/0a1b`,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/credentials`,
  };
  return text(spawn('sh', [probe, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] }).stdout);
}

describe('the first run', () => {
  let ecs: Server;
  let endpoint: string;
  const logs: Record<string, string> = {};
  beforeAll(async () => {
    const answers: Record<string, string> = {
      '/v4/0a1b/task': JSON.stringify(TASK),
      '/credentials': JSON.stringify(CREDENTIALS),
      '/robots.txt': 'x',
    };
    ({ server: ecs, url: endpoint } = await listening((request) => answers[request.url ?? '']));
    for (const kind of ['worker', 'tools', 'network', 'output']) logs[kind] = await ran(endpoint, kind);
    logs['many 1/5'] = logs.worker ?? '';
    logs['exit-code'] = `${await ran(endpoint, 'start')}ERROR: Job failed: exit code 3\n`;
    logs['after-script'] = await ran(endpoint, 'after', 'failed');
  });
  afterAll(() => ecs.close());

  /** The four routes of GitLab's API that the script uses; the pipeline is running at the first look. */
  async function gitlabWith(changed: Readonly<Record<string, string>> = {}) {
    const all = Object.entries({ ...logs, ...changed });
    const failing = ['exit-code', 'after-script'];
    const jobs = all.map(([name], at) => ({
      id: at + 1,
      name,
      status: failing.includes(name) ? 'failed' : 'success',
      queued_duration: 21.5,
      duration: 3,
    }));
    const seen: string[] = [];
    const states = ['running', 'success'];
    const gitlab = await listening((request, body) => {
      const path = (request.url ?? '').replace('/api/v4/projects/group%2Fprobe', '');
      if (request.headers['private-token'] !== 'glpat-test') return undefined;
      seen.push(`${request.method} ${path} ${body}`);
      if (path === '/pipeline') return JSON.stringify({ id: 7, status: 'created' });
      if (path === '/pipelines/7') return JSON.stringify({ id: 7, status: states.shift() });
      if (path === '/pipelines/7/jobs?per_page=100') return JSON.stringify(jobs.toReversed());
      const job = /^\/jobs\/(\d+)\/trace$/.exec(path)?.[1];
      return job === undefined ? undefined : all[Number(job) - 1]?.[1];
    });
    return { ...gitlab, seen, [Symbol.dispose]: () => gitlab.server.close() };
  }

  async function sheetOf(url: string, ...more: string[]) {
    const args = ['--gitlab', url, '--project', 'group/probe', '--tag', 'dev', '--pause-ms', '10', ...more];
    const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { env: { ...process.env, GITLAB_TOKEN: 'glpat-test' } });
    const [sheet, noise, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { sheet, noise, code };
  }

  async function emulatedEcs() {
    const aws = await startAwsEmulator(
      { region: 'eu-west-1', account: '111122223333', clusters: [{ name: 'workers' }] },
      { clock: systemClock, random: systemRandom },
    );
    return { url: aws.url, [Symbol.asyncDispose]: () => aws.close() };
  }

  it('runs the probe pipeline, and makes a sheet of what its jobs said, without a secret', async () => {
    using gitlab = await gitlabWith();
    await using aws = await emulatedEcs();
    const { sheet, code, noise } = await sheetOf(
      gitlab.url,
      '--cluster',
      'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
      '--endpoint',
      aws.url,
    );
    expect(gitlab.seen[0]).toBe(
      'POST /pipeline {"ref":"main","variables":[{"key":"PROBE_TAG","value":"dev"},{"key":"PROBE_ADDRESSES","value":""}]}',
    );
    expect(noise).toBe('pipeline 7 runs\n');
    expect(sheet).toContain('7 jobs, 0 not as expected; the pipeline ended as success.\nTasks left running: none\n');
    expect(sheet).toContain('| worker | success | as expected | 21.5 | 3.0 |');
    for (const line of [
      'task: arn:aws:ecs:eu-west-1:111122223333:task/workers/0a1b',
      'zone: eu-west-1a',
      'launch: FARGATE',
      'gitlab: reached',
    ])
      expect(sheet).toContain(`- ${line}\n`);
    expect(sheet).toContain('- image pull: 2026-01-01T00:00:01Z to 2026-01-01T00:00:09Z\n- role: arn:aws:iam::111122223333:role/jobs\n');
    expect(JSON.stringify(logs) + sheet).not.toContain('never-to-be-printed');
    expect(code).toBe(0);
  });

  it('says which job was not as expected', async () => {
    using gitlab = await gitlabWith({ worker: 'probe: metadata: none\n', 'exit-code': 'ERROR: Job failed: exit code 1\n' });
    const { sheet, code } = await sheetOf(gitlab.url);
    expect(sheet).toContain('7 jobs, 2 not as expected');
    expect(sheet).toContain('| worker | success | its log lacks ^probe: task: arn: |');
    expect(sheet).toContain('Tasks left running: not looked for (--cluster)');
    expect(code).toBe(1);
  });

  it('says how it is called', () => {
    const env = { ...process.env, GITLAB_TOKEN: '' };
    expect(() => execFileSync(process.execPath, ['--import', 'tsx', script], { env, stdio: 'pipe' })).toThrow(/usage: GITLAB_TOKEN=/);
  });
});
