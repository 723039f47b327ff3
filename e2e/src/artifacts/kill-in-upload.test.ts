import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assertWholeTrace, endedJob, Rig, SLIM_FAMILY } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../takeover/until.ts';

const execute = promisify(execFile);

/** Longer than it takes to kill a manager, and to start another. */
const HELD_MS = 6000;
const BLOB_BYTES = 20_000_000;

/** Both ways: a worker that uploads by itself, and one whose artifacts go through the manager. */
const WAYS = ['whole', 'slim'] as const;

let rig: Rig;
const jobs = new Map<string, string>();

beforeAll(async () => {
  rig = await Rig.start({
    hasSlimWorkers: true,
    runners: [
      { name: 'whole', tags: ['whole'] },
      { name: 'slim', tags: ['slim'], entry: { worker_task_definition_arn: SLIM_FAMILY } },
    ],
    config: { timing: { heartbeat_ms: 100, owner_stale_ms: 600, trace_initial_pace_ms: 200 } },
  });
  const first = await rig.startManager();
  for (const way of WAYS) jobs.set(way, await enqueue(way));
  await Promise.all(WAYS.map((way) => until(() => isUploading(jobs.get(way) ?? ''), `the upload of a worker that is ${way} has begun`)));
  await first.kill('SIGKILL');
  await rig.startManager();
}, 180_000);
afterAll(() => rig[Symbol.asyncDispose]());

async function enqueue(way: string): Promise<string> {
  const { id } = await rig.gitlab.control.enqueueJob({
    name: way,
    tags: [way],
    variables: [{ key: 'GIT_STRATEGY', value: 'empty' }],
    script: [`head -c ${BLOB_BYTES} /dev/urandom > blob; cksum < blob`],
    payload: { artifacts: [{ paths: ['blob'] }] },
  });
  await rig.gitlab.control.addFault({ kind: 'delay', route: 'upload', jobId: id, delayMs: HELD_MS });
  return id;
}

async function isUploading(jobId: string): Promise<boolean> {
  const requests = await rig.gitlab.control.requests();
  return requests.some(({ route, path, status }) => route === 'upload' && path.includes(`/jobs/${jobId}/`) && status === undefined);
}

/** Sum and size of the one file in an archive that is whole. */
async function sumOf(archive: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fgr-archive-'));
  try {
    await writeFile(join(folder, 'a.zip'), archive);
    await execute('unzip', ['-tq', join(folder, 'a.zip')]);
    const { stdout } = await execute('sh', ['-c', 'unzip -p a.zip blob | cksum'], { cwd: folder });
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.each(WAYS)('a manager that is killed in the upload of a worker that is %s', (way) => {
  it('has a successor that finishes it: the artifact is there once, and whole', async () => {
    const jobId = jobs.get(way) ?? '';
    const { job, text, lines } = await endedJob(rig, jobId);
    expect(job.status, text).toBe('success');
    expect(text.includes('artifacts go through the manager')).toBe(way === 'slim');
    expect(job.artifacts.map(({ type, filename }) => `${type} ${filename}`)).toEqual(['archive artifacts.zip']);
    expect(lines.filter((line) => line.endsWith('201 Created'))).toEqual([
      'Uploading artifacts as "archive" to coordinator... 201 Created',
    ]);
    expect(lines).toContain(await sumOf(await rig.gitlab.control.artifact(jobId)));
    await assertWholeTrace(rig, jobId);
  });
});

it('no manager did anything that GitLab minds', async () => {
  expect(await rig.gitlab.control.findings()).toEqual([]);
});
