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
});
afterAll(() => closeRig(rig));

const DISK_BYTES = 4_000_000;
const CURE = 'Have the job leave less behind, or ask the operator for more worker_ephemeral_storage_gib.';
const artifacts = [{ paths: ['blob'] }];

/** Runs a job in a worker with a small disk. */
async function run(way: 'whole' | 'slim', script: readonly string[]) {
  await rig.aws.control.failWorkers({ diskBytes: DISK_BYTES });
  return runJob(rig, { tags: [way], variables: [{ key: 'GIT_STRATEGY', value: 'empty' }], script, payload: { artifacts } });
}

describe('artifacts of a worker whose disk is full', () => {
  it.each(['whole', 'slim'] as const)('fail the job, in words that say what to do (%s)', async (way) => {
    const { job, text, lines } = await run(way, ['echo small > blob; head -c 9000000 /dev/zero > full 2> /dev/null || true', 'echo done']);
    expect([job.status, job.failureReason, job.artifacts], text).toEqual(['failed', 'script_failure', []]);
    expect(lines).toContain('done');
    const said = lines.indexOf('ERROR: nothing can be written in the worker: its disk is full');
    expect([lines[said + 1], lines.findLast(Boolean)], text).toEqual([CURE, 'ERROR: Job failed: exit code 1']);
    await assertWholeTrace(rig, job.id);
  });

  it('fail it likewise where there is no room for their archive alone', async () => {
    const { job, text, lines } = await run('whole', ['head -c 2500000 /dev/urandom > blob']);
    expect([job.status, job.failureReason, job.artifacts], text).toEqual(['failed', 'script_failure', []]);
    const said = lines.indexOf('ERROR: the archive of the artifacts can not be made');
    expect([lines[said + 1], lines.findLast(Boolean)], text).toEqual([
      `The disk of the worker is full. ${CURE}`,
      'ERROR: Job failed: exit code 1',
    ]);
    expect(text).toContain('No space left on device');
  });

  it('go through the manager where only their archive has no room', async () => {
    const { job, text } = await run('slim', ['head -c 2500000 /dev/urandom > blob']);
    expect([job.status, job.artifacts.map(({ type }) => type)], text).toEqual(['success', ['archive']]);
  });
});
