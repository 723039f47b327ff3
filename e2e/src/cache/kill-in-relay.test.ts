import {
  assertWholeTrace,
  CACHE_BUCKET,
  closeRig,
  endedJob,
  type LoggedEvent,
  type ManagerUnderTest,
  Rig,
  SLIM_FAMILY,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../takeover/until.ts';

/** Longer than it takes to kill a manager, and to start another. */
const HELD_MS = 6000;
const BLOB_BYTES = 8_000_000;

let rig: Rig;
let manager: ManagerUnderTest;

beforeAll(async () => {
  rig = await Rig.start({
    hasSlimWorkers: true,
    runners: [{ name: 'slim', tags: ['slim'], entry: { worker_task_definition_arn: SLIM_FAMILY } }],
    config: { timing: { heartbeat_ms: 100, owner_stale_ms: 600, trace_initial_pace_ms: 200 } },
  });
  manager = await rig.startManager();
});
afterAll(() => closeRig(rig));

/** Has S3 hold the next request of the job with this cache, kills the manager meanwhile, and starts another. */
async function killIn(action: 'PutObject' | 'GetObject', script: readonly string[]) {
  const calls = async () => (await rig.aws.control.s3CallCounts()).get(action) ?? 0;
  const before = await calls();
  await rig.aws.control.failS3({ action, keyPrefix: 'runner/', fault: { kind: 'delay', ms: HELD_MS } });
  const { id } = await rig.gitlab.control.enqueueJob({
    tags: ['slim'],
    script,
    variables: [{ key: 'GIT_STRATEGY', value: 'empty' }],
    payload: { cache: [{ key: 'killed', paths: ['deps/'] }] },
  });
  await until(async () => (await calls()) > before, `${action} has begun`);
  await manager.kill('SIGKILL');
  manager = await rig.startManager();
  const ended = await endedJob(rig, id);
  const told = (await manager.events()).filter((event) => event.get('event') === 'cache.relayed' && event.get('jobId') === id);
  return { ...ended, told };
}

const factsOf = (event: LoggedEvent | undefined) => ['direction', 'isDone', 'isAgain'].map((key) => event?.get(key));
const SUM = 'sum: $(cat deps/blob | cksum)';

describe('a manager that is killed while it carries a cache', { timeout: 120_000 }, () => {
  let sum: string | undefined;

  it('to S3 has a successor that carries it again: it is saved, whole', async () => {
    const make = `mkdir deps; head -c ${BLOB_BYTES} /dev/urandom > deps/blob; echo "${SUM}"`;
    const { job, text, lines, told } = await killIn('PutObject', [make]);
    expect(job.status, text).toBe('success');
    expect(text).toMatch(/^Uploading cache\.zip to \S+ through the manager\nCreated cache$/m);
    expect([told.length, factsOf(told[0])]).toEqual([1, ['upload', 'true', 'true']]);
    expect(Number(told[0]?.get('bytes'))).toBeGreaterThan(BLOB_BYTES);
    const objects = await rig.aws.control.s3Objects(CACHE_BUCKET);
    expect(objects.map(({ key }) => key.replace(/.*\//, ''))).toEqual(['killed']);
    await assertWholeTrace(rig, job.id);
    sum = lines.find((line) => line.startsWith('sum: '));
  });

  it('from S3 has a successor that brings it: the job finds all of it', async () => {
    const { job, text, lines, told } = await killIn('GetObject', [`echo "${SUM}"; ls -A deps`]);
    expect(job.status, text).toBe('success');
    expect(text).toMatch(/^Downloading cache from \S+ through the manager\nSuccessfully extracted cache$/m);
    expect([lines.find((line) => line.startsWith('sum: ')), sum]).toEqual([expect.stringMatching(/^sum: \d+ 8000000$/), sum]);
    expect(factsOf(told.find((event) => event.get('direction') === 'download'))).toEqual(['download', 'true', 'true']);
    await assertWholeTrace(rig, job.id);
  });
});
