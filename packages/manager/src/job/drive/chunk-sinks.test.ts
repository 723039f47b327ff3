import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { MemoryJobStore } from '../../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import { Fenced, RecordedJob } from '../recorded-job.ts';
import { type Chunk, decodeChunk, joinChunks } from '../trace/chunk.ts';
import { rig } from '../trace/trace-rig.test-double.ts';
import { openLine } from '../worker/open-line.test-double.ts';
import { WorkerLink } from '../worker/worker-link.ts';
import { RecordSink, WorkerSink } from './chunk-sinks.ts';
import { JobControl } from './job-control.ts';

const systemFailure = { kind: 'failed', reason: 'runner_system_failure', detail: 'its task stopped' } as const;

/** The sinks of a job whose worker never answers when it is asked for bytes. */
async function sinks() {
  const clock = new ManualClock();
  const store = new MemoryJobStore(clock);
  const record = sampleRecord();
  const created = await store.create(record);
  if (created.kind !== 'created') throw new Error(created.kind);
  const job = new RecordedJob({ record, version: created.version }, { store, clock });
  const leave = new AbortController();
  const control = new JobControl(leave.signal);
  const never = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const line = openLine({ fetch: (_name, signal) => never(signal), journal: (_range, signal) => never(signal) });
  const link = new WorkerLink(line, { jobId: '1', clock, open: async () => line });
  const inRecord = new RecordSink(job, control.leave);
  return { job, leave, control, inRecord, inWorker: new WorkerSink(link, inRecord, control) };
}

describe('bytes that are in the worker alone', () => {
  it('are not to be had any more when the job ends meanwhile: its ending is recorded without', async () => {
    const { control, inWorker } = await sinks();
    const asked = [inWorker.fetch('0000000000000007'), inWorker.journal(0, 10)];
    control.endBecause(systemFailure);
    expect(await Promise.all(asked)).toEqual([undefined, undefined]);
    expect(await inWorker.fetch('0000000000000007')).toBeUndefined();
  });

  it('are nobody to be done without when the manager leaves, or another one has the job', async () => {
    const leaving = await sinks();
    const asked = leaving.inWorker.fetch('0000000000000007');
    leaving.leave.abort(new Error('handed over'));
    await expect(asked).rejects.toThrow('handed over');
    const fenced = await sinks();
    const askedToo = fenced.inWorker.fetch('0000000000000007');
    fenced.control.abandon(new Fenced('1', 'conflict'));
    await expect(askedToo).rejects.toBeInstanceOf(Fenced);
  });
});

describe('a chunk that comes into the record', () => {
  it('late, after one with more of the log, changes nothing', async () => {
    const { job, inRecord } = await sinks();
    const { trace } = rig();
    const chunks = ['on its way\n', 'the end\n'].flatMap((line): Chunk[] => {
      trace.say(undefined, line);
      return [trace.takeChunk()].filter((chunk) => chunk !== undefined);
    });
    const [first] = chunks;
    const whole = joinChunks(chunks);
    if (!first || !whole) throw new Error('nothing was said');
    for (const chunk of [first, whole, first]) await inRecord.keep(chunk);
    const kept = job.record.chunks.map(({ encoded }) => decodeChunk(Buffer.from(encoded, 'base64')));
    expect(kept).toMatchObject([{ kind: 'chunk', chunk: { traceFrom: 0, traceTo: whole.traceTo } }]);
  });
});
