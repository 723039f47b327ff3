import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { died, passing, rig } from './trace-rig.test-double.ts';

describe('final report', () => {
  test('22, 32: follows the whole trace, with its size and checksum', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const running = sender.run(stop.signal);
    trace.say(undefined, 'one\n');
    await clock.advance(20);
    trace.say(undefined, 'two\n');
    const outcome = await sender.finish({ state: 'failed', failureReason: 'script_failure', exitCode: 3 }, stop.signal);
    await running;
    expect(outcome).toEqual({ kind: 'reported' });
    expect(gitlab.updates).toEqual([
      {
        state: 'failed',
        failureReason: 'script_failure',
        exitCode: 3,
        output: { bytesize: 8, checksum: crc32('one\ntwo\n') },
        atMs: clock.now(),
      },
    ]);
  });

  test('29: is repeated a pace after every 202, without limit', async () => {
    const { clock, gitlab, sender, stop } = rig();
    const begun = clock.now();
    const pending = Array.from({ length: 40 }, (_, at) => ({ kind: 'pending', ...(at === 0 && { paceMs: 1000 }) }) as const);
    gitlab.answerUpdates(...pending);
    expect(await passing(clock, sender.finish({ state: 'success' }, stop.signal))).toEqual({ kind: 'reported' });
    expect(gitlab.updates.map((update) => update.atMs - begun)).toEqual(Array.from({ length: 41 }, (_, at) => at * 1000));
  });

  test('30: sends the whole trace again when GitLab rejects it', async () => {
    const dead = await died('one\n', 'two\n');
    const { clock, gitlab, sender, trace, stop } = rig(dead);
    trace.say(undefined, 'three\n');
    gitlab.answerUpdates({ kind: 'rejected' });
    const finished = sender.finish({ state: 'success' }, stop.signal);
    await clock.advance(2999);
    expect(gitlab.updates.length).toBe(1);
    gitlab.trace = Buffer.alloc(0);
    expect(await passing(clock, finished)).toEqual({ kind: 'reported' });
    expect(gitlab.trace.toString()).toBe('one\ntwo\nthree\n');
  });

  test('gives up on a trace that is rejected for ever', async () => {
    const { clock, gitlab, sender, trace, stop } = rig();
    trace.say(undefined, 'one\n');
    gitlab.answerUpdates(...Array.from({ length: 100 }, () => ({ kind: 'rejected' }) as const));
    expect(await passing(clock, sender.finish({ state: 'success' }, stop.signal))).toMatchObject({ kind: 'given up' });
    expect(gitlab.updates.length).toBe(11);
  });

  test.each(['update', 'patch'] as const)('31: is tried ten times, 1 s doubling, when the %s fails', async (which) => {
    const { clock, gitlab, sender, trace, stop } = rig();
    const begun = clock.now();
    trace.say(undefined, 'one\n');
    const failure = { kind: 'failed', cause: 'HTTP 502' } as const;
    if (which === 'update') gitlab.answerUpdates(...Array.from({ length: 20 }, () => failure));
    else gitlab.answerPatches(...Array.from({ length: 20 }, () => () => failure));
    expect(await passing(clock, sender.finish({ state: 'success' }, stop.signal))).toEqual({ kind: 'given up', cause: 'HTTP 502' });
    const seen = which === 'update' ? gitlab.updates : gitlab.patches;
    expect(seen.map((call) => call.atMs - begun)).toEqual(Array.from({ length: 10 }, (_, at) => (2 ** at - 1) * 1000));
  });

  test.each([
    ['gone', { kind: 'gone', cause: 'HTTP 403' }, { kind: 'gone', cause: 'HTTP 403' }],
    ['accepted after a failure', { kind: 'failed', cause: 'HTTP 500' }, { kind: 'reported' }],
  ] as const)('ends when it is %s', async (_, answer, outcome) => {
    const { clock, gitlab, sender, stop } = rig();
    gitlab.answerUpdates(answer);
    expect(await passing(clock, sender.finish({ state: 'success' }, stop.signal))).toEqual(outcome);
  });

  test('still counts when GitLab does not know the trace', async () => {
    const { clock, gitlab, sender, trace, stop } = rig();
    trace.say(undefined, 'one\n');
    gitlab.answerPatches(() => ({ kind: 'missing', cause: 'HTTP 404' }));
    expect(await passing(clock, sender.finish({ state: 'success' }, stop.signal))).toEqual({ kind: 'reported' });
    expect(gitlab.patches.length).toBe(1);
  });

  test('23: waits its own pace again, not the slow one of a log that nobody watches', async () => {
    const { clock, gitlab, sender, trace, stop } = rig();
    gitlab.paceMs = 60_000;
    const running = sender.run(stop.signal);
    trace.say(undefined, 'one\n');
    await clock.advance(20);
    gitlab.paceMs = undefined;
    gitlab.answerUpdates({ kind: 'pending' });
    const begun = clock.now();
    await passing(clock, sender.finish({ state: 'success' }, stop.signal));
    await running;
    expect(gitlab.updates.map((update) => update.atMs - begun)).toEqual([0, 3000]);
  });

  test('an abort leaves it to a successor', async () => {
    const { clock, gitlab, sender, stop } = rig();
    gitlab.answerUpdates({ kind: 'failed', cause: 'HTTP 500' });
    const finished = expect(sender.finish({ state: 'success' }, stop.signal)).rejects.toThrow('leaving');
    await clock.advance(100);
    stop.abort(new Error('leaving'));
    await finished;
  });
});
