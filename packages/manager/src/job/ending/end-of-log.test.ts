import { type Clock, systemClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobRig } from '../job-rig.test-double.ts';

/** A hundred times as fast as the machine's, but for the time of day. */
const fast: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 100,
  sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
};

describe('the end of a log whose manager dies when it has recorded how the job ended', { timeout: 60_000 }, () => {
  let rig: JobRig;
  beforeAll(async () => {
    rig = await JobRig.start({}, { settings: { reconnectTimeoutMs: 3_600_000 } });
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  /** The job has ended in its worker and in its record; nothing of its log has arrived. */
  async function diesAtTheEnd(): Promise<string> {
    const found = await rig.take({ script: ['for i in 1 2 3; do echo "line $i"; done'], afterScript: ['echo afterwards'] });
    const { jobId } = found.record;
    await rig.control.addFault({ kind: 'delay', route: 'trace', jobId, delayMs: 60_000, times: 100 });
    const end = new AbortController();
    const emit = ({ name }: { readonly name: string }) => void (name === 'job.ended' && end.abort(new Error('killed')));
    expect(await rig.drive(found, 'whole', { leave: end.signal, emit })).toBe('left');
    await rig.control.clearFaults();
    return jobId;
  }

  async function expectWholeLog(jobId: string): Promise<void> {
    const { job, lines, text } = await rig.ended(jobId);
    expect(job.status, text).toBe('success');
    expect(lines.filter((line) => /^(line \d|afterwards|Job succeeded)$/.test(line))).toEqual([
      'line 1',
      'line 2',
      'line 3',
      'afterwards',
      'Job succeeded',
    ]);
    expect(rig.events.filter(({ name }) => name === 'trace.findings')).toEqual([]);
  }

  it('is in the write that has how the last stage ended: no record says the one without the other', async () => {
    const written = rig.written(await diesAtTheEnd());
    const ended = written.filter(({ ending }) => ending);
    expect(ended[0]).toMatchObject({
      phase: 'reporting',
      ending: { kind: 'succeeded' },
      chunks: expect.arrayContaining([expect.anything()]),
    });
    const runs = ended[0]?.stages.length ?? 0;
    expect(runs).toBeGreaterThan(3);
    const haveEnded = written.filter(({ stages }) => stages.length === runs && stages.every(({ end }) => end));
    expect(haveEnded).toEqual(ended);
  });

  it('is whole without the worker, which is not waited for', async () => {
    const jobId = await diesAtTheEnd();
    rig.refusals = Number.POSITIVE_INFINITY;
    await rig.drive(await rig.claimed(jobId), 'whole');
    rig.refusals = 0;
    await expectWholeLog(jobId);
  });

  it('is waited for as long as any worker, where a manager of the version before has left it in the worker alone', async () => {
    const jobId = await diesAtTheEnd();
    // Some 30 s of tries, and far less than the hour of reconnecting, which is 36 s of this machine.
    rig.refusals = 60;
    const { signal } = new AbortController();
    const successor = await rig.claimed(jobId, { chunks: [] });
    await rig.drive(successor, 'whole', { leave: signal, clock: fast });
    expect(rig.refusals).toBe(0);
    await expectWholeLog(jobId);
  });
});
