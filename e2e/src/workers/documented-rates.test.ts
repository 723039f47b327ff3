import { assertWholeTrace, closeRig, endedJob, everyTaskStopped, type ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** 30 s to RUNNING, a tenth of it here; what the services limit is limited as documented. */
const TIMING = { profile: 'realistic', scale: 0.1 } as const;
/** GitLab's own limits a minute and token. */
const LIMITS = { requestPerMinute: 2000, tracePerMinute: 200, jobPerMinute: 200 };
const JOBS = 4;

describe('at documented rates, with no pace of the manager shortened', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({
      gitlab: { updateIntervalSeconds: 3, longPollMs: 2000, rateLimits: LIMITS },
      aws: { throttling: true, timing: TIMING, describeMissingMs: 500, latencyMs: 30 },
      config: { check_interval_ms: undefined },
    });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig), 90_000);

  it('several jobs at once run to their end, and neither service has to refuse a call', async () => {
    const { control } = rig.gitlab;
    const script = ['for i in $(seq 1 8); do echo "line $i"; sleep 0.5; done'];
    const jobs = await Promise.all(Array.from({ length: JOBS }, () => control.enqueueJob({ script })));
    const ended = await Promise.all(jobs.map(({ id }) => endedJob(rig, id)));
    const lines = Array.from({ length: 8 }, (_, at) => `line ${at + 1}`);
    for (const { job, lines: seen } of ended) {
      expect(job.status).toBe('success');
      expect(seen.filter((line) => /^line \d$/.test(line))).toEqual(lines);
      await assertWholeTrace(rig, job.id);
    }
    await everyTaskStopped(rig);
    expect((await control.requests()).filter(({ status }) => status === 429)).toEqual([]);
    const calls = await rig.aws.control.calls();
    expect(calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(calls.filter(({ action }) => action === 'RunTask')).toHaveLength(JOBS);
    expect(manager.exitCode).toBeNull();
  });
});
