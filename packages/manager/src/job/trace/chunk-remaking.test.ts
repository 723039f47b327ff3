import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chunk, decodeChunk, encodeBesideJournal, encodeRecipe } from './chunk.ts';
import { readChunk } from './chunk-reading.ts';
import { makeAgain } from './chunk-remaking.ts';
import { JobTrace, type JobTraceSettings } from './job-trace.ts';
import { MemorySink } from './memory-sink.test-double.ts';

function settings(change: Partial<JobTraceSettings> = {}): JobTraceSettings {
  return { masks: ['hunter2'], tokenPrefixes: [], hasTimestamps: true, limitBytes: 4_194_304, clock: new ManualClock(), ...change };
}

/** What a successor makes of the chunk, which it reads as it was kept. */
function again(chunk: Chunk, of: { readonly journal: Uint8Array; readonly settings: JobTraceSettings }): Chunk | undefined {
  const decoded = decodeChunk(encodeRecipe(chunk) ?? expect.fail('it has no recipe'));
  if (decoded.kind !== 'recipe') return expect.fail(decoded.kind);
  const { head, recipe } = decoded;
  return makeAgain(of.settings, { head, recipe, journal: of.journal.subarray(recipe.journalFrom, head.journalAt) });
}

describe('making a chunk again', () => {
  test('gives the same bytes, whatever was fed in whatever pieces at whatever times', async () => {
    const text = fc.oneof(
      fc.constantFrom('hunter2', 'hunt', 'er2\n', 'glpat-ab', 'ä', '50 %\r', 'open', '\n', `${'x'.repeat(9000)}`, '?private_token=abc&b'),
      fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', 'é'), maxLength: 12 }),
    );
    const step = fc.record({
      what: fc.constantFrom('script', 'say', 'end'),
      text,
      afterMs: fc.integer({ min: -5, max: 2000 }),
      isTaken: fc.boolean(),
    });
    let remade = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.constantFrom(40, 20_000, 4_194_304), async (program, limitBytes) => {
        let nowMs = 1_700_000_000_000;
        const clock = { now: () => nowMs };
        const trace = new JobTrace(settings({ limitBytes, clock }));
        const journal: Buffer[] = [];
        const taken: Chunk[] = [];
        for (const { what, text, afterMs, isTaken } of program) {
          nowMs += afterMs;
          if (what === 'say') trace.say(undefined, text);
          if (what === 'end') trace.endScript();
          if (what === 'script') journal.push(Buffer.from(text));
          if (what === 'script') trace.script(Buffer.from(text));
          const chunk = isTaken ? trace.takeChunk() : undefined;
          if (chunk) taken.push(chunk);
        }
        nowMs += 1_000_000;
        for (const chunk of taken) {
          const made = again(chunk, { journal: Buffer.concat(journal), settings: settings({ limitBytes, clock }) });
          expect(Buffer.from(made?.bytes ?? []).equals(chunk.bytes)).toBe(true);
          remade++;
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(remade).toBeGreaterThan(500);
  });

  test('gives nothing when the journal is another one, or masks are', () => {
    const journal = Buffer.from('one hunter2\ntwo\n');
    const trace = new JobTrace(settings());
    trace.script(journal);
    const chunk = trace.takeChunk() ?? expect.fail('there is no chunk');
    expect(again(chunk, { journal, settings: settings() })?.bytes).toEqual(chunk.bytes);
    expect(again(chunk, { journal: Buffer.from('one hunter2\ntwO\n'), settings: settings() })).toBeUndefined();
    expect(again(chunk, { journal: journal.subarray(1), settings: settings() })).toBeUndefined();
    expect(again(chunk, { journal: Buffer.concat([journal, journal]), settings: settings() })).toBeDefined();
    expect(again(chunk, { journal, settings: settings({ masks: [] }) })).toBeUndefined();
  });

  test('a chunk in which a mask came late, or of which not every byte before is known, is kept with its bytes', () => {
    const trace = new JobTrace(settings());
    trace.say(undefined, 'before\n');
    trace.useMasks(['late']);
    expect(trace.takeChunk()?.recipe).toBeUndefined();
    trace.script(Buffer.from('late\n'));
    const chunk = trace.takeChunk() ?? expect.fail('there is no chunk');
    expect(again(chunk, { journal: Buffer.from('late\n'), settings: trace.settings })?.bytes).toEqual(chunk.bytes);
    trace.goOnAt(1000);
    trace.say(undefined, 'after\n');
    expect(trace.takeChunk()?.recipe).toBeUndefined();
  });
});

describe('a recipe from a worker', () => {
  const trace = new JobTrace(settings());
  trace.script(Buffer.from('line\n'));
  const chunk = trace.takeChunk() ?? expect.fail('there is no chunk');
  const { bytes: _, recipe, ...head } = chunk;
  const read = (change: object, after = '') => decodeChunk(Buffer.from(`${JSON.stringify({ ...head, recipe, ...change })}\n${after}`)).kind;

  test('is read as it was written', () => {
    expect(read({})).toBe('recipe');
  });

  test.each([
    ['with bytes behind it', {}, 'x'],
    ['without a checksum', { crcBefore: undefined, crcAfter: undefined }, ''],
    ['that begins behind its end', { recipe: { ...recipe, journalFrom: 6 } }, ''],
    ['of more journal than is read', { journalAt: 33 * 1024 * 1024 }, ''],
    ['of a larger trace than a chunk may be', { traceTo: 65 * 1024 * 1024 }, ''],
    ['with a step of no size', { recipe: { ...recipe, steps: [['script', 0, 0]] } }, ''],
    ['with a step of no kind', { recipe: { ...recipe, steps: [['exec', 'x', 0]] } }, ''],
    ['with too many steps', { recipe: { ...recipe, steps: Array.from({ length: 10_001 }, () => ['end', 0]) } }, ''],
  ])('%s is refused', (_what, change, after) => {
    expect(read(change, after)).toBe('unreadable');
  });

  test('that would read behind the journal makes nothing', () => {
    const greedy = { ...(recipe ?? expect.fail('it has none')), steps: [['script', 2 ** 40, 0] as const] };
    expect(makeAgain(settings(), { head, recipe: greedy, journal: Buffer.from('line') })).toBeUndefined();
  });
});

describe('a chunk beside its journal', () => {
  const journal = Buffer.from('a line of a log that is long enough\n'.repeat(1000));
  const chunkOf = (bytes: Uint8Array) => {
    const trace = new JobTrace(settings());
    trace.script(bytes);
    return trace.takeChunk() ?? expect.fail('there is no chunk');
  };

  test('is kept as a recipe when that is shorter', () => {
    const encoded = encodeBesideJournal(chunkOf(journal));
    expect(decodeChunk(encoded).kind).toBe('recipe');
    expect(encoded.length).toBeLessThan(1500);
    expect(decodeChunk(encodeBesideJournal(chunkOf(journal.subarray(0, 100)))).kind).toBe('chunk');
  });

  test('never has a text of the manager, or what was printed, in clear in its recipe but what the worker has anyway', () => {
    const encoded = encodeBesideJournal(chunkOf(journal)).toString();
    expect(encoded).not.toContain('a line of a log');
  });

  test('is read back through a sink, and not at all when the journal is gone', async () => {
    const chunk = chunkOf(journal);
    let atWorker: Uint8Array = journal;
    const sink = new MemorySink(() => atWorker);
    await sink.keep(chunk);
    const read = () => readChunk('0000000000000000', { sink, settings: settings() });
    expect((await read())?.bytes).toEqual(chunk.bytes);
    atWorker = journal.subarray(0, 100);
    expect(await read()).toBeUndefined();
  });
});
