import { assertWholeTrace, closeRig, Rig, runJob } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FEATURES = { trace_sections: true, token_mask_prefixes: [], failure_reasons: [] };
/** Of a provider that this runner doesn't know: the job ends as `runner_configuration_error`. */
const REFUSED = { ONE: { vault: { path: 'path', field: 'field', engine: { name: 'kv-v2', path: 'kv-v2' }, server: {} } } };

describe('a GitLab', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
    await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('that wants no sections gets the log without them, headings and all', async () => {
    const { job, trace, lines } = await runJob(rig, {
      script: ['echo done'],
      payload: { features: { ...FEATURES, trace_sections: false } },
    });
    expect(job.status).toBe('success');
    expect(/section_(start|end):/.test(trace.toString())).toBe(false);
    expect(lines).toEqual(expect.arrayContaining(['Preparing environment', 'Executing "step_script" stage of the job script', 'done']));
    await assertWholeTrace(rig, job.id);
  });

  it.each([
    [['runner_configuration_error'], 'runner_configuration_error'],
    [[], 'script_failure'],
  ])('that knows of the newer reasons %j is told of a job that is refused by %s', async (reasons, told) => {
    const { job, lines } = await runJob(rig, {
      script: ['echo never'],
      payload: { features: { ...FEATURES, failure_reasons: reasons }, secrets: REFUSED },
    });
    expect(job).toMatchObject({ status: 'failed', failureReason: told });
    expect(lines.find((line) => line.startsWith('ERROR: Job failed'))).toContain('FR_SECRET_PROVIDER');
  });

  it('that has lost the log gets all of it again, and then the end', async () => {
    await rig.gitlab.control.turn({ rejectedFinals: 1 });
    const { job, lines } = await runJob(rig, { script: ['seq 1 2000'] });
    expect(job.status).toBe('success');
    expect(job.updates.filter(({ state }) => state !== 'running').map(({ answered }) => answered)).toEqual([412, 200]);
    expect(lines.filter((line) => /^\d+$/.test(line))).toHaveLength(2000);
    await assertWholeTrace(rig, job.id);
  });
});
