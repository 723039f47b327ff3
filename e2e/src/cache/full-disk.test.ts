import { assertWholeTrace, closeRig, Rig, runJob, SLIM_FAMILY } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start({
    hasSlimWorkers: true,
    runners: [
      { name: 'whole', tags: ['whole'] },
      { name: 'slim', tags: ['slim'], entry: { worker_task_definition_arn: SLIM_FAMILY } },
    ],
  });
  await rig.startManager();
}, 60_000);
afterAll(() => closeRig(rig));

const DISK_BYTES = 3_000_000;

/** Runs a job with this cache, in a worker with a small disk or with a large one. */
async function run(way: 'whole' | 'slim', script: readonly string[], diskBytes?: number) {
  if (diskBytes !== undefined) await rig.aws.control.failWorkers({ diskBytes });
  return runJob(rig, {
    tags: [way],
    variables: [{ key: 'GIT_STRATEGY', value: 'empty' }],
    script,
    payload: { cache: [{ key: `large-${way}`, paths: ['deps/'] }] },
  });
}

describe.each(['whole', 'slim'] as const)('a full disk fails no job for its cache (%s)', { timeout: 120_000 }, (way) => {
  it('when the archive has no room: the job does without, and has the room for itself', async () => {
    const made = await run(way, ['mkdir deps; head -c 6000000 /dev/urandom > deps/blob']);
    expect(made.text).toContain('Created cache');
    const without = await run(way, ['test ! -e deps; head -c 2000000 /dev/zero > mine; echo "has room"'], DISK_BYTES);
    expect(without.job.status, without.text).toBe('success');
    expect(without.text).toMatch(/WARNING: the cache can not be had: .*\nWARNING: Failed to extract cache\n/);
    expect(without.lines).toContain('has room');
    await assertWholeTrace(rig, without.job.id);
  });

  it('when the files of the archive have none', async () => {
    await run(way, ['rm -rf deps; mkdir deps; head -c 2000000 /dev/urandom > deps/blob']);
    const without = await run(way, ['test ! -e deps; head -c 2000000 /dev/zero > mine; echo "has room"'], DISK_BYTES);
    expect(without.job.status, without.text).toBe('success');
    expect(without.text).toMatch(/WARNING: the archive can not be unpacked: the disk of the worker is full\. Have the job leave less/);
    expect(without.lines).toContain('has room');
  });

  it('when the job left none for the archive', async () => {
    const script = ['rm -rf deps; mkdir deps; head -c 1800000 /dev/urandom > deps/blob'];
    const { job, text } = await run(way, script, DISK_BYTES);
    expect(job.status, text).toBe('success');
    expect(text).toMatch(/WARNING: the archive can not be made: .*\nWARNING: Failed to create cache\n/);
  });
});
