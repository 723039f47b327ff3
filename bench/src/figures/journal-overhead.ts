import { systemClock } from '@fargate-gitlab-runner/kernel';
import { type Chunk, chunkName, encodeBesideJournal } from '../../../packages/manager/src/job/trace/chunk.ts';
import { JobTrace } from '../../../packages/manager/src/job/trace/job-trace.ts';
import type { StageRef } from '../../../packages/manager/src/transport/shim/shim.ts';
import { type BenchWorker, startBenchWorker } from '../bench-worker.ts';
import type { Figure } from '../figure.ts';
import { logLinesScript } from '../log-lines.ts';
import { medianOf, spreadOf } from '../statistics.ts';

/** As the manager has it: so much may wait to be written ahead before the journal is read on. */
const ROOM_BYTES = 8 * 1024 * 1024;
const OUTPUT_LIMIT_BYTES = 2 ** 40;
/** Everything is given up with the figure. */
const never = new AbortController().signal;

/** What a script costs that runs detached and is written ahead, against the same script run on the SSH channel itself. */
export const journalOverhead: Figure = {
  name: 'journal-overhead',
  withinMs: 180_000,
  measure: async ({ quick, rigs }) => {
    const rig = await rigs.start({});
    const megabytes = quick ? 20 : 100;
    const printing = logLinesScript({ repeats: megabytes, secrets: [] });
    const empties = quick ? 5 : 20;
    const losses: number[] = [];
    const extras: number[] = [];
    const rates: { plain: number[]; shim: number[] } = { plain: [], shim: [] };
    for (let n = 0; n < (quick ? 2 : 5); n++) {
      await using worker = await startBenchWorker(rig, never);
      const runs = new Runs(worker);
      const plain = await runs.plain(printing);
      const shim = await runs.shim(printing);
      if (plain.bytes !== shim.bytes) throw new Error(`${shim.bytes} bytes came through the journal, not ${plain.bytes}`);
      rates.plain.push(plain.bytes / 1000 / plain.ms);
      rates.shim.push(shim.bytes / 1000 / shim.ms);
      losses.push((1 - plain.ms / shim.ms) * 100);
      const empty: { plain: number[]; shim: number[] } = { plain: [], shim: [] };
      for (let m = 0; m < empties; m++) {
        empty.plain.push((await runs.plain('true')).ms);
        empty.shim.push((await runs.shim('true')).ms);
      }
      extras.push(medianOf(empty.shim) - medianOf(empty.plain));
    }
    await rigs.end(rig);
    return {
      rows: [
        {
          figure: 'journal + write-ahead against plain SSH exec: throughput lost',
          unit: '%',
          target: { must: 'below', limit: 15 },
          values: losses,
        },
        {
          figure: 'journal + write-ahead against plain SSH exec: time added to a stage',
          unit: 'ms',
          target: { must: 'below', limit: 50 },
          values: extras,
        },
      ],
      details: {
        megabytes,
        emptyStagesPerRun: empties,
        plainMegabytesPerSecond: spreadOf(rates.plain),
        shimMegabytesPerSecond: spreadOf(rates.shim),
        workerKind: rigs.workerKind,
      },
    };
  },
};

/** How long a script took and how much it printed. */
interface Taken {
  readonly ms: number;
  readonly bytes: number;
}

/** Runs scripts in one worker, either way. */
class Runs {
  readonly #worker: BenchWorker;
  #journalAt = 0;
  #stages = 0;

  constructor(worker: BenchWorker) {
    this.#worker = worker;
  }

  /** On the channel: what a runner without a journal does. The trace is made of the bytes either way. */
  async plain(script: string): Promise<Taken> {
    let bytes = 0;
    const begun = systemClock.monotonic();
    const stdin = Buffer.from(script);
    const trace = newTrace();
    const onStdout = (piece: Buffer) => {
      bytes += piece.length;
      trace.script(piece);
      if (trace.pendingBytes >= ROOM_BYTES) trace.takeChunk();
    };
    const end = await this.#worker.session.exec({ command: 'exec bash', stdin, onStdout }, never);
    if (end.kind !== 'exited' || end.code !== 0) throw new Error(`plain exec: ${JSON.stringify(end)}`);
    return { ms: systemClock.monotonic() - begun, bytes };
  }

  /** Detached: run, follow the journal, make the trace of it and write that ahead, as the manager does. */
  async shim(script: string): Promise<Taken> {
    const stage: StageRef = { stage: `step_${++this.#stages}`, attempt: 1 };
    const begun = systemClock.monotonic();
    const deadlineS = Math.ceil(systemClock.now() / 1000) + 3600;
    const started = await this.#worker.shim.run({ ...stage, script, deadlineS, graceS: 10, outputLimit: OUTPUT_LIMIT_BYTES }, never);
    if (started.kind !== 'ok') throw new Error(`shim run: ${JSON.stringify(started)}`);
    const from = this.#journalAt;
    const ahead = new WriteAhead(this.#worker);
    const end = await this.#worker.shim.follow({ ...stage, offset: from, onBytes: (bytes) => ahead.add(bytes) }, never);
    if (end.kind !== 'ok' || end.code !== 0) throw new Error(`shim follow: ${JSON.stringify(end)}`);
    this.#journalAt = end.journalEnd;
    await ahead.done();
    return { ms: systemClock.monotonic() - begun, bytes: end.journalEnd - from };
  }
}

function newTrace(): JobTrace {
  return new JobTrace({ masks: [], tokenPrefixes: [], hasTimestamps: true, limitBytes: OUTPUT_LIMIT_BYTES, clock: systemClock });
}

/** Makes the trace of what was followed and writes it ahead, one chunk at a time, beside the following. */
class WriteAhead {
  readonly #worker: BenchWorker;
  readonly #trace = newTrace();
  #committing: Promise<void> | undefined;

  constructor(worker: BenchWorker) {
    this.#worker = worker;
  }

  /** Resolves when there is room for more. */
  async add(bytes: Buffer): Promise<void> {
    this.#trace.script(bytes);
    this.#begin();
    while (this.#trace.pendingBytes >= ROOM_BYTES) await this.#begin();
  }

  async done(): Promise<void> {
    this.#trace.endScript();
    while (this.#trace.pendingBytes > 0 || this.#committing) await this.#begin();
  }

  #begin(): Promise<void> {
    this.#committing ??= this.#commit().finally(() => {
      this.#committing = undefined;
    });
    // Whoever waits for room, or for the end, hears of a failure.
    this.#committing.catch(() => undefined);
    return this.#committing;
  }

  async #commit(): Promise<void> {
    for (let chunk = this.#trace.takeChunk(); chunk; chunk = this.#trace.takeChunk()) await this.#keep(chunk);
  }

  async #keep(chunk: Chunk): Promise<void> {
    const entry = { name: chunkName(chunk.traceFrom), bytes: encodeBesideJournal(chunk) };
    const answer = await this.#worker.shim.commit(entry, never);
    if (answer.kind !== 'ok') throw new Error(`shim commit: ${JSON.stringify(answer)}`);
  }
}
