import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classify } from '../../fleet/classification.ts';
import type { JobRecord, RecordedChunk } from '../../store/job-record.ts';
import { MemoryJobStore } from '../../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import { JobControl } from '../drive/job-control.ts';
import { RecordedJob } from '../recorded-job.ts';
import { JobRig } from '../job-rig.test-double.ts';
import { chunkName, encodeChunk } from '../trace/chunk.ts';
import { rig as traceRig } from '../trace/trace-rig.test-double.ts';
import { WorkerStopped } from '../worker/worker-stopped.ts';
import { canStartOver } from './start-over.ts';

const SPOT = new WorkerStopped({
  stopCode: 'SpotInterruption',
  stoppedReason: 'Your Spot Task was interrupted.',
  wasRunning: true,
  failure: classify('stop', 'SpotInterruption: Your Spot Task was interrupted.'),
});

/** The newest chunk of a job that got sources in a worker which is no more: it went into the record, because the worker could not take it. */
function chunkOfLostWorker(): RecordedChunk {
  const { trace } = traceRig();
  for (const key of ['opening', 'opening.runner', 'prepare.start', 'prepare.worker', 'prepare.end']) trace.say(key, `(${key})\n`);
  for (const key of ['prepare_script.1.start', 'prepare_script.1.end', 'get_sources.1.start']) trace.say(key, `(${key})\n`);
  trace.script(Buffer.from(`${'what the lost worker printed\n'.repeat(1000)}and a line that has no`));
  const chunk = trace.takeChunk();
  if (!chunk) throw new Error('nothing was said');
  return { name: chunkName(chunk.traceFrom), encoded: encodeChunk(chunk).toString('base64') };
}

describe('a job whose worker was lost before the script, and then its manager', { timeout: 60_000 }, () => {
  let rig: JobRig;
  beforeAll(async () => {
    rig = await JobRig.start();
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  async function expectWholeLog(jobId: string): Promise<void> {
    const { job, lines, text } = await rig.ended(jobId);
    expect(job.status, text).toBe('success');
    const told = /^(Preparing the "fargate" executor|Preparing environment|Executing "step_script".*|line \d|Job succeeded)$/;
    expect(lines.filter((line) => told.test(line))).toEqual([
      'Preparing the "fargate" executor',
      'Preparing environment',
      'Executing "step_script" stage of the job script',
      'line 1',
      'line 2',
      'line 3',
      'Job succeeded',
    ]);
    expect(text).toContain('and a line that has no');
  }

  const script = ['for i in 1 2 3; do echo "line $i"; done'];

  it('has the log of the next worker from its beginning', async () => {
    const { record } = await rig.take({ script });
    await rig.drive(await rig.claimed(record.jobId, { chunks: [chunkOfLostWorker()] }), 'whole');
    await expectWholeLog(record.jobId);
    const trace = (await rig.control.trace(record.jobId)).toString();
    expect(trace).toMatch(/section_end:\d+:get_sources\r/);
  });

  it('has it also when the next manager dies before a byte of it was kept', async () => {
    const { record } = await rig.take({ script });
    const { jobId } = record;
    await rig.control.addFault({ kind: 'delay', route: 'trace', jobId, delayMs: 60_000, times: 100 });
    const end = new AbortController();
    const emit = ({ name }: { readonly name: string }) => void (name === 'worker.connected' && end.abort(new Error('killed')));
    const next = await rig.claimed(jobId, { chunks: [chunkOfLostWorker()] });
    expect(await rig.drive(next, 'whole', { leave: end.signal, emit })).toBe('left');
    await rig.control.clearFaults();
    await rig.drive(await rig.claimed(jobId), 'whole');
    await expectWholeLog(jobId);
  });
});

describe('beginning anew', () => {
  const placement = (id: number) => ({ id: String(id), region: 'eu-west-1', request: '{}', wasServing: true });

  function canAfter(changes: Partial<JobRecord>): boolean {
    const clock = new ManualClock();
    const job = new RecordedJob({ record: sampleRecord(changes), version: '1' }, { store: new MemoryJobStore(clock), clock });
    return canStartOver({ job, control: new JobControl(new AbortController().signal) }, SPOT);
  }

  it('is worth it three times, whatever other placements came to', () => {
    const failed = { id: 'x', region: 'eu-west-1', request: '{}', failure: 'no capacity' };
    expect(canAfter({ placements: [1, 2].map(placement) })).toBe(true);
    expect(canAfter({ placements: [failed, failed, failed, failed, ...[1, 2].map(placement)] })).toBe(true);
    expect(canAfter({ placements: [1, 2, 3].map(placement) })).toBe(false);
  });

  it('is not to be when a script may have run', () => {
    const run = { attempt: 1, deadlineAt: 0, limit: 'job' } as const;
    expect(canAfter({ stages: [{ stage: 'get_sources', ...run }] })).toBe(true);
    expect(canAfter({ stages: [{ stage: 'step_script', ...run }] })).toBe(false);
  });
});
