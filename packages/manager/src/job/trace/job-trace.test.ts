import { crc32 } from 'node:zlib';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chunk, decodeChunk, encodeChunk } from './chunk.ts';
import { JobTrace, type JobTraceSettings } from './job-trace.ts';
import { limitNotice } from './output-limit.ts';

function settings(change: Partial<JobTraceSettings> = {}): JobTraceSettings {
  return { masks: ['hunter2'], tokenPrefixes: [], hasTimestamps: false, limitBytes: 4_194_304, clock: new ManualClock(), ...change };
}

const text = (chunk: Chunk | undefined) => Buffer.from(chunk?.bytes ?? new Uint8Array()).toString();

/** The chunk as a successor reads it. */
function readBack(chunk: Chunk | undefined): Chunk {
  const decoded = decodeChunk(encodeChunk(chunk ?? expect.fail('there is no chunk')));
  return decoded.kind === 'chunk' ? decoded.chunk : expect.fail(decoded.kind);
}

describe('job trace', () => {
  test('chunks follow one another and carry the checksum of the whole', () => {
    const trace = new JobTrace(settings());
    trace.say('a', 'first\n');
    const first = trace.takeChunk();
    trace.script(Buffer.from('second\n'));
    const second = trace.takeChunk();
    expect(second).toMatchObject({ traceFrom: 6, traceTo: 13, crcBefore: first?.crcAfter, journalAt: 7, previous: '0000000000000000' });
    expect(second?.crcAfter).toBe(crc32('first\nsecond\n'));
    expect(trace.takeChunk()).toBeUndefined();
  });

  test('says a key once, also after a hand-over', () => {
    const trace = new JobTrace(settings());
    trace.say('a', 'once\n');
    trace.say('a', 'once\n');
    trace.say(undefined, 'always\n');
    const chunk = readBack(trace.takeChunk());
    expect(text(chunk)).toBe('once\nalways\n');
    const successor = new JobTrace(settings(), chunk);
    successor.say('a', 'once\n');
    successor.say(undefined, 'always\n');
    expect(text(successor.takeChunk())).toBe('always\n');
  });

  test('a line said after the last chunk is said again by the successor', () => {
    const trace = new JobTrace(settings());
    trace.say('a', 'one\n');
    const chunk = readBack(trace.takeChunk());
    trace.say('b', 'two\n');
    const successor = new JobTrace(settings(), chunk);
    successor.say('b', 'two\n');
    expect(text(successor.takeChunk())).toBe('two\n');
  });

  test('the end of a stage lets out what was held back', () => {
    const trace = new JobTrace(settings({ hasTimestamps: true }));
    trace.script(Buffer.from('open hunt'));
    expect(trace.pendingBytes).toBe(0);
    trace.endScript();
    trace.endScript();
    expect(text(trace.takeChunk()).slice(32)).toBe('open hunt\n');
  });

  test('the first output of the job and of a stage is urgent until it is taken', () => {
    const trace = new JobTrace(settings());
    trace.say('a', 'line\n');
    expect(trace.urgency).toBe('none');
    trace.script(Buffer.from('x\n'));
    expect(trace.urgency).toBe('job');
    const chunk = readBack(trace.takeChunk());
    trace.script(Buffer.from('y\n'));
    expect(trace.urgency).toBe('none');
    trace.endScript();
    trace.script(Buffer.from('z\n'));
    expect(trace.urgency).toBe('stage');
    const successor = new JobTrace(settings(), chunk);
    successor.script(Buffer.from('y\n'));
    expect(successor.urgency).toBe('none');
  });

  describe('at its limit', () => {
    const limited = () => new JobTrace(settings({ limitBytes: 10 }));

    test('25: is cut where a character ends, with one notice, and swallows the rest', () => {
      const trace = limited();
      trace.script(Buffer.from('12345678'));
      trace.script(Buffer.from('9ääää'));
      trace.script(Buffer.from('more'));
      trace.say('ending', 'Job succeeded\n');
      expect(trace.journalAt).toBe(21);
      const chunk = trace.takeChunk();
      expect(text(chunk)).toBe(`123456789${limitNotice(10)}`);
      expect(chunk).toMatchObject({ isLimitReached: true, traceTo: chunk?.bytes.length, crcAfter: crc32(chunk?.bytes ?? '') });
      expect(limitNotice(10).split('\n')).toEqual(['', expect.stringContaining(' 10 '), expect.stringMatching(/goes on/), '']);
    });

    test('is whole when it has just that size', () => {
      const trace = limited();
      trace.script(Buffer.from('1234567890'));
      expect(text(trace.takeChunk())).toBe('1234567890');
      trace.script(Buffer.from('x'));
      expect(text(trace.takeChunk())).toBe(limitNotice(10));
    });

    test('stays silent after a hand-over', () => {
      const trace = limited();
      trace.script(Buffer.from('12345678901'));
      const successor = new JobTrace(settings({ limitBytes: 10 }), readBack(trace.takeChunk()));
      successor.script(Buffer.from('more'));
      expect(successor.takeChunk()).toBeUndefined();
    });

    test('counts what is in the trace, not what was masked away', () => {
      const trace = new JobTrace(settings({ limitBytes: 20, masks: [`${'x'.repeat(99)}y`] }));
      trace.script(Buffer.from(`${'x'.repeat(99)}y`.repeat(2)));
      trace.endScript();
      expect(text(trace.takeChunk())).toBe('[MASKED][MASKED]');
    });
  });

  test('goes on without loss or doubling when it is handed over after any chunk', () => {
    const piece = fc.oneof(
      fc.constantFrom('hunter2', 'hunt', 'er2', '\n', 'glpat-ab', 'ä', 'open'),
      fc.string({ unit: fc.constantFrom('a', ' ', '\n'), maxLength: 8 }),
    );
    const steps = fc.array(fc.record({ piece, isTaken: fc.boolean(), isLost: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (program) => {
        const journal = Buffer.from(program.map((step) => step.piece).join(''));
        const whole = new JobTrace(settings({ hasTimestamps: true }));
        whole.script(journal);
        whole.endScript();
        let trace = new JobTrace(settings({ hasTimestamps: true }));
        let last: Chunk | undefined;
        const out: string[] = [];
        for (const step of program) {
          trace.script(journal.subarray(trace.journalAt, trace.journalAt + Buffer.byteLength(step.piece)));
          const taken = step.isTaken ? trace.takeChunk() : undefined;
          if (taken) last = readBack(taken);
          if (taken) out.push(text(taken));
          if (step.isLost) trace = new JobTrace(settings({ hasTimestamps: true }), last);
        }
        trace.script(journal.subarray(trace.journalAt));
        trace.endScript();
        out.push(text(trace.takeChunk()));
        expect(out.join('')).toBe(text(whole.takeChunk()));
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
