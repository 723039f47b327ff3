import { crc32 } from 'node:zlib';
import { ManualClock, type Random, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Coordinator, TracePatch, TraceVerdict } from '../../coordinator/coordinator.ts';
import type { ChunkSink } from './chunk-sink.ts';
import { JobTrace } from './job-trace.ts';
import { JudgingGitLab } from './judging-gitlab.test-double.ts';
import { MemorySink } from './memory-sink.test-double.ts';
import { TraceSender } from './trace-sender.ts';

const MASKS = ['hunter2', 'aab', 'two\nlines'];

/** What a job says and prints, in order. `end`: a stage is over. */
type Step =
  | { readonly kind: 'say'; readonly key: string; readonly text: string }
  | { readonly kind: 'script'; readonly text: string }
  | { readonly kind: 'end' };

/** The death of one manager: everything it does from then on fails, and nothing it does has an effect. */
class Life {
  readonly #random: Random;
  readonly #risk: number;
  isOver = false;

  constructor(random: Random, risk: number) {
    this.#random = random;
    this.#risk = risk;
  }

  mayEnd(): void {
    if (this.isOver || this.#random.fraction() < this.#risk) {
      this.isOver = true;
      throw new Error('killed');
    }
  }
}

interface World {
  readonly clock: ManualClock;
  readonly gitlab: JudgingGitLab;
  readonly sink: MemorySink;
  readonly random: Random;
  /** Where the rest of the log is kept at the end of the job; then the sink is gone, in worlds whose workers die young. */
  readonly record: MemorySink;
  readonly losesWorker: boolean;
  isEnded: boolean;
}

/** Everything that is kept somewhere, in the order of the trace. */
function keptBytes({ sink, record }: World): Buffer {
  const names = [...new Set([...sink.names, ...record.names])].sort();
  return Buffer.concat(names.map((name) => record.bytesOf(name) ?? sink.bytesOf(name) ?? new Uint8Array()));
}

/** GitLab and the sink as a mortal manager reaches them: it may die before and after every act, and answers get lost. */
function mortal(world: World, life: Life): { coordinator: Coordinator; sink: ChunkSink } {
  const { clock, gitlab, sink, record, random } = world;
  const isGone = () => world.losesWorker && world.isEnded;
  const patchTrace = async (job: Parameters<Coordinator['patchTrace']>[0], patch: TracePatch): Promise<TraceVerdict> => {
    life.mayEnd();
    const isKept = keptBytes(world)
      .subarray(patch.from, patch.from + patch.bytes.length)
      .equals(Buffer.from(patch.bytes));
    if (patch.from > gitlab.trace.length) throw new Error(`a patch at ${patch.from} leaves a gap: GitLab would drop the job`);
    if (!isKept) throw new Error(`bytes from ${patch.from} on were patched before they were kept`);
    if (random.fraction() < 0.15) return { kind: 'failed', cause: 'before' };
    let verdict = await gitlab.patchTrace(job, patch);
    // A connection that dies under a request sends it again, below the sender.
    while (random.fraction() < 0.1) verdict = await gitlab.patchTrace(job, patch);
    life.mayEnd();
    return random.fraction() < 0.15 ? { kind: 'failed', cause: 'after' } : verdict;
  };
  return {
    coordinator: {
      patchTrace,
      verify: () => gitlab.verify(),
      request: () => gitlab.request(),
      update: async (job, update) => {
        life.mayEnd();
        const verdict = await gitlab.update(job, update);
        life.mayEnd();
        return random.fraction() < 0.1 ? { kind: 'failed', cause: 'after' } : verdict;
      },
    },
    sink: {
      keep: async (chunk) => {
        life.mayEnd();
        if (isGone()) throw new Error('nothing is kept in a worker that is gone');
        // Without a line it takes longer, and when an answer was lost it is done once more.
        while (random.fraction() < 0.1) await clock.sleep(1000);
        do await sink.keep(chunk);
        while (random.fraction() < 0.1);
        life.mayEnd();
      },
      fetch: async (name) => (await record.fetch(name)) ?? (isGone() ? undefined : sink.fetch(name)),
      journal: async (from, to) => (isGone() ? undefined : sink.journal(from, to)),
    },
  };
}

/** One manager's try to bring the job to its end. Rejects when it is killed on the way. */
async function drive(world: World, program: readonly Step[], life: Life): Promise<void> {
  const { clock, random, sink, record } = world;
  const last = world.isEnded ? record.last : sink.last;
  const trace = new JobTrace({ masks: MASKS, tokenPrefixes: [], hasTimestamps: true, limitBytes: 100_000, clock }, last);
  const reach = mortal(world, life);
  const stop = new AbortController();
  const sender = new TraceSender({
    ...reach,
    trace,
    job: { id: '7', token: new Secret('t') },
    isDebug: false,
    clock,
    random,
    initialPaceMs: 3000,
    resend: last,
    on: { canceling: () => undefined, gone: () => undefined },
  });
  const running = sender.run(stop.signal);
  running.catch(() => undefined);
  try {
    if (!world.isEnded) {
      await perform(program, { trace, world, life });
      await sender.keepRest(async (rest) => {
        life.mayEnd();
        if (rest) await record.keep(rest);
        world.isEnded = true;
        life.mayEnd();
      });
    }
    const outcome = await sender.finish({ state: 'success' }, stop.signal);
    if (outcome.kind !== 'reported') throw new Error(outcome.kind);
  } finally {
    stop.abort();
    await running.catch(() => undefined);
  }
}

async function perform(program: readonly Step[], of: { readonly trace: JobTrace; readonly world: World; readonly life: Life }) {
  const { trace, world, life } = of;
  let stageEnd = 0;
  for (const step of program) {
    if (step.kind === 'say') trace.say(step.key, step.text);
    if (step.kind === 'end' && trace.journalAt === stageEnd) trace.endScript();
    if (step.kind === 'script') {
      const bytes = Buffer.from(step.text);
      const from = stageEnd;
      stageEnd += bytes.length;
      while (trace.journalAt < stageEnd) {
        const next = trace.journalAt - from;
        trace.script(bytes.subarray(next, next + 1 + Math.floor(world.random.fraction() * 20)));
        if (world.random.fraction() < 0.3) await world.clock.sleep(1000);
        life.mayEnd();
      }
    }
  }
}

async function untilDone(world: World, program: readonly Step[], risk: number): Promise<number> {
  for (let lives = 1; ; lives++) {
    const life = new Life(world.random, lives > 40 ? 0 : risk);
    let isSettled = false;
    const driven = drive(world, program, life).finally(() => {
      isSettled = true;
    });
    driven.catch(() => undefined);
    while (!isSettled) await world.clock.advance(1000);
    const isDone = await driven.then(
      () => true,
      (error: Error) => {
        if (!life.isOver) throw error;
        return false;
      },
    );
    if (isDone) return lives;
  }
}

/** The trace without the time of day. */
const timeless = (trace: Buffer) => trace.toString().replaceAll(/^\S{27} /gm, '');

/** What one manager that never dies makes of it. */
function expected(program: readonly Step[]): string {
  const clock = new ManualClock();
  const trace = new JobTrace({ masks: MASKS, tokenPrefixes: [], hasTimestamps: true, limitBytes: 100_000, clock });
  for (const step of program) {
    if (step.kind === 'say') trace.say(step.key, step.text);
    if (step.kind === 'script') trace.script(Buffer.from(step.text));
    if (step.kind === 'end') trace.endScript();
  }
  return timeless(Buffer.from(trace.takeChunk()?.bytes ?? []));
}

const piece = fc.constantFrom('hunter2', 'hunt', 'er2', 'aab', 'aa', 'two\nlines', 'two\n', 'glpat-abc', 'ä', '\n', 'plain text\n', 'open');
const anyStage = fc.array(piece, { maxLength: 15 });
const anyProgram = fc
  .array(anyStage, { minLength: 1, maxLength: 3 })
  .map((stages): Step[] => [
    { kind: 'say', key: 'opening', text: 'with hunter2\n' },
    ...stages.flatMap((pieces, at): Step[] => [
      { kind: 'say', key: `${at}.start`, text: `section_start:1:s${at}\r\u001b[0KStage ${at}\n` },
      { kind: 'script', text: pieces.join('') },
      { kind: 'end' },
      { kind: 'say', key: `${at}.end`, text: `section_end:1:s${at}\r\u001b[0K` },
    ]),
    { kind: 'say', key: 'ending', text: 'Job succeeded\n' },
  ]);

const journalOf = (program: readonly Step[]) => Buffer.from(program.map((step) => (step.kind === 'script' ? step.text : '')).join(''));

test.each([
  ['with their bytes', ''],
  ['as recipes', ''],
  ['with their bytes', ', the worker gone at the end'],
  ['as recipes', ', the worker gone at the end'],
])('managers that die anywhere leave a trace without a byte lost, doubled or unmasked, with chunks kept %s%s', async (how, andThen) => {
  let lives = 0;
  let recipes = 0;
  await fc.assert(
    fc.asyncProperty(anyProgram, fc.nat(), async (program, seed) => {
      const clock = new ManualClock();
      const sink = new MemorySink(how === 'as recipes' ? () => journalOf(program) : undefined);
      const world: World = {
        clock,
        gitlab: new JudgingGitLab(clock),
        sink,
        random: seededRandom(seed),
        record: new MemorySink(),
        losesWorker: andThen !== '',
        isEnded: false,
      };
      lives += await untilDone(world, program, 0.08);
      recipes += sink.recipes;
      const { trace, updates } = world.gitlab;
      expect(timeless(trace)).toBe(expected(program));
      expect(updates.at(-1)?.output).toEqual({ bytesize: trace.length, checksum: crc32(trace) });
      for (const mask of MASKS) expect(trace.toString()).not.toContain(mask);
    }),
    { numRuns: 150, seed: 1 },
  );
  expect(lives).toBeGreaterThan(300);
  expect(recipes > 100).toBe(how === 'as recipes');
});
