import { assertWholeTrace, closeRig, endedJob, lastingPort, type ManagerUnderTest, printed, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** As long as a restart of a small GitLab takes. */
const OUTAGE_MS = 60_000;

describe('a GitLab that is away', { timeout: 240_000 }, () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({ gitlab: { port: await lastingPort() } });
  });
  afterAll(() => closeRig(rig));

  it('at the start of the manager: it comes up, waits, and takes the job when GitLab is back', async () => {
    const { control } = rig.gitlab;
    await control.down({ how: 'refuse' });
    manager = await rig.startManager();
    await manager.logged('poll.answered', 2);
    const { id } = await control.enqueueJob({ script: ['echo "it works"'] });
    await control.up();
    const { job, lines } = await endedJob(rig, id);
    expect(job.status).toBe('success');
    expect(lines.filter((line) => line === 'it works')).toHaveLength(1);
    const polls = (await manager.events()).filter((event) => event.get('event') === 'poll.answered');
    expect(polls[0]?.get('verdict')).toBe('unavailable');
    await assertWholeTrace(rig, id);
  });

  it('in mid-job, for many update intervals: the scripts go on, and every line arrives once', async () => {
    const { control } = rig.gitlab;
    const spans = await control.enqueueJob({ script: ['for i in $(seq 1 130); do echo "line $i"; sleep 0.5; done', 'echo "the end"'] });
    const endsWhileAway = await control.enqueueJob({ script: ['echo begun', 'sleep 3', 'echo "done while nobody heard"', 'exit 5'] });
    await Promise.all([printed(rig, spans.id, 'line 1'), printed(rig, endsWhileAway.id, 'begun')]);
    await control.down({ how: 'refuse', forMs: OUTAGE_MS });
    const [whole, late] = await Promise.all([endedJob(rig, spans.id), endedJob(rig, endsWhileAway.id)]);
    expect(whole.job.status).toBe('success');
    const lines = Array.from({ length: 130 }, (_, at) => `line ${at + 1}`);
    expect(whole.lines.filter((line) => /^line \d+$/.test(line))).toEqual(lines);
    expect(late.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 5 });
    expect(late.lines.filter((line) => line === 'done while nobody heard')).toHaveLength(1);
    await assertWholeTrace(rig, spans.id);
    await assertWholeTrace(rig, endsWhileAway.id);
    expect(manager.exitCode).toBeNull();
  });

  it('behind a proxy that cuts connections: the same', async () => {
    const { control } = rig.gitlab;
    const { id } = await control.enqueueJob({ script: ['for i in $(seq 1 20); do echo "line $i"; sleep 0.2; done'] });
    await printed(rig, id, 'line 1');
    await control.down({ how: 'drop', forMs: 3000 });
    const { job, lines } = await endedJob(rig, id);
    expect(job.status).toBe('success');
    expect(lines.filter((line) => /^line \d+$/.test(line))).toEqual(Array.from({ length: 20 }, (_, at) => `line ${at + 1}`));
    await assertWholeTrace(rig, id);
  });
});
