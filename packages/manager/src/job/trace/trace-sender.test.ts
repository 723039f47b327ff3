import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { JudgingGitLab } from './judging-gitlab.test-double.ts';
import { died, passing, rig } from './trace-rig.test-double.ts';

const MiB = 1024 * 1024;

const starts = (gitlab: JudgingGitLab) => gitlab.patches.map((patch) => [patch.from, patch.verdict]);
const times = (gitlab: JudgingGitLab, since: number) => gitlab.patches.map((patch) => patch.atMs - since);

describe('trace sender: patches', () => {
  test('sends nothing that was not kept before', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    const keep = sink.keep.bind(sink);
    sink.keep = async (chunk) => {
      await clock.sleep(6000);
      await keep(chunk);
    };
    gitlab.answerPatches((patch) => {
      expect(sink.bytes.subarray(patch.from, patch.from + patch.bytes.length)).toEqual(Buffer.from(patch.bytes));
      return gitlab.append(patch);
    });
    const running = sender.run(stop.signal);
    trace.say(undefined, 'line\n');
    await clock.advance(5000);
    expect(gitlab.patches).toEqual([]);
    await clock.advance(2000);
    expect(gitlab.trace.toString()).toBe('line\n');
    stop.abort();
    await running;
  });

  test('18: cuts a chunk into patches of at most 1 MiB', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const running = sender.run(stop.signal);
    trace.script(Buffer.alloc(2.5 * MiB, 'x\n'));
    await clock.advance(20);
    expect(gitlab.patches.map((patch) => patch.bytes.length)).toEqual([MiB, MiB, MiB / 2]);
    stop.abort();
    await running;
  });

  test.each(['failed', 'missing'] as const)('sends the same bytes again a pace after the answer %s', async (kind) => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const begun = clock.now();
    gitlab.answerPatches(() => ({ kind, cause: 'HTTP 500' }));
    const running = sender.run(stop.signal);
    trace.script(Buffer.from('line\n'));
    await clock.advance(20);
    trace.script(Buffer.from('more\n'));
    await clock.advance(10_000);
    stop.abort();
    await running;
    expect(gitlab.patches.map((patch) => Buffer.from(patch.bytes).toString())).toEqual(['line\n', 'line\n', 'more\n']);
    expect(times(gitlab, begun)).toEqual([20, 3020, 6020]);
  });

  test('a patch that was stored before its answer failed is not doubled', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    gitlab.answerPatches((patch) => {
      gitlab.append(patch);
      return { kind: 'failed', cause: 'connection reset' };
    });
    const running = sender.run(stop.signal);
    trace.say(undefined, 'line\n');
    await clock.advance(4000);
    trace.say(undefined, 'more\n');
    await clock.advance(4000);
    expect(gitlab.trace.toString()).toBe('line\nmore\n');
    stop.abort();
    await running;
  });

  test('21: goes back to what GitLab lost, over as many chunks as it takes', async () => {
    const { clock, gitlab, trace, sender, told, stop } = rig();
    const running = sender.run(stop.signal);
    for (const line of ['one\n', 'two\n', 'three\n']) {
      trace.say(undefined, line);
      await clock.advance(3000);
    }
    gitlab.trace = gitlab.trace.subarray(0, 2);
    trace.say(undefined, 'four\n');
    await clock.advance(3000);
    expect(gitlab.trace.toString()).toBe('one\ntwo\nthree\nfour\n');
    expect(told).toEqual([]);
    stop.abort();
    await running;
  });

  test('fills what is lost everywhere, so that offsets stay true, and says so', async () => {
    const { clock, gitlab, sink, trace, sender, told, stop } = rig();
    const running = sender.run(stop.signal);
    for (const line of ['one\n', 'two\n', 'three\n']) {
      trace.say(undefined, line);
      await clock.advance(3000);
    }
    gitlab.trace = gitlab.trace.subarray(0, 4);
    sink.lose('0000000000000004');
    trace.say(undefined, 'four\n');
    await clock.advance(3000);
    expect(gitlab.trace.toString()).toBe('one\n   \nthree\nfour\n');
    expect(told).toEqual([expect.stringMatching(/^damaged: 4 bytes .* from 4 /)]);
    stop.abort();
    await running;
  });

  test('leaves alone what GitLab has beyond ours, goes on behind it, and no longer claims a checksum', async () => {
    const { clock, gitlab, sink, trace, sender, told, stop } = rig();
    const running = sender.run(stop.signal);
    gitlab.trace = Buffer.from('somebody else wrote this\n');
    trace.say(undefined, 'line\n');
    await clock.advance(3000);
    trace.say(undefined, 'more\n');
    await clock.advance(3000);
    expect(gitlab.trace.toString()).toBe('somebody else wrote this\nmore\n');
    expect(told).toEqual([expect.stringMatching(/^damaged: /)]);
    expect(sink.last).toMatchObject({ traceFrom: 25, traceTo: 30 });
    expect(sink.last).not.toHaveProperty('crcAfter');
    await clock.advance(30_000);
    expect(gitlab.updates[0]?.output).toEqual({ bytesize: 30 });
    stop.abort();
    await running;
  });

  test('does not quarrel: a rewind to where it stands is tried again a pace later', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const begun = clock.now();
    gitlab.answerPatches(() => ({ kind: 'rewind', to: 0 }));
    const running = sender.run(stop.signal);
    trace.say(undefined, 'line\n');
    await clock.advance(4000);
    expect(times(gitlab, begun)).toEqual([20, 3020]);
    stop.abort();
    await running;
  });

  test('34: stops for good when the job is gone', async () => {
    const { clock, gitlab, trace, sender, told, stop } = rig();
    gitlab.answerPatches(() => ({ kind: 'gone', cause: 'HTTP 403' }));
    const running = sender.run(stop.signal);
    trace.say(undefined, 'line\n');
    await clock.advance(20);
    await running;
    trace.say(undefined, 'x'.repeat(100));
    await sender.room(50);
    expect(await sender.finish({ state: 'success' }, stop.signal)).toEqual({ kind: 'gone', cause: 'HTTP 403' });
    expect([told, gitlab.patches.length, gitlab.updates.length]).toEqual([['gone: HTTP 403'], 1, 0]);
  });

  test('stops without a word to GitLab when another manager owns the job', async () => {
    const { clock, gitlab, sink, trace, sender, told, stop } = rig();
    sink.failWith(new Error('another owner'));
    sink.failWith(new Error('another owner'));
    const running = sender.run(stop.signal);
    running.catch(() => undefined);
    trace.say(undefined, 'line\n');
    await clock.advance(20);
    await expect(running).rejects.toThrow('another owner');
    await expect(sender.finish({ state: 'success' }, stop.signal)).rejects.toThrow('another owner');
    expect([told, gitlab.patches.length, gitlab.updates.length]).toEqual([[], 0, 0]);
  });

  test('35: tells of canceling once', async () => {
    const { clock, gitlab, trace, sender, told, stop } = rig();
    gitlab.isCanceling = true;
    const running = sender.run(stop.signal);
    trace.say(undefined, 'line\n');
    await clock.advance(20);
    await clock.advance(60_000);
    expect(told).toEqual(['canceling']);
    stop.abort();
    await running;
  });

  test('what a sink throws ends the sending, and nothing is lost for the next sink', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    sender.useSink({
      keep: () => Promise.reject(new Error('fenced')),
      fetch: () => Promise.resolve(undefined),
      journal: () => Promise.resolve(undefined),
    });
    const running = sender.run(stop.signal);
    const ended = expect(running).rejects.toThrow('fenced');
    trace.say(undefined, 'line\n');
    await clock.advance(20);
    await ended;
    sender.useSink(sink);
    expect(await sender.finish({ state: 'success' }, stop.signal)).toEqual({ kind: 'reported' });
    expect(gitlab.trace.toString()).toBe('line\n');
  });
});

describe('trace sender: keep-alive', () => {
  test('24: a silent job is kept alive every 30 s, with size and checksum', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const begun = clock.now();
    const running = sender.run(stop.signal);
    trace.say(undefined, 'line\n');
    await clock.advance(65_000);
    expect(gitlab.updates).toEqual([
      { state: 'running', output: { bytesize: 5, checksum: crc32('line\n') }, atMs: begun + 30_020 },
      { state: 'running', output: { bytesize: 5, checksum: crc32('line\n') }, atMs: begun + 60_020 },
    ]);
    stop.abort();
    await running;
  });

  test('one that fails is tried again a pace later; one that finds the job gone ends it', async () => {
    const { clock, gitlab, sender, told, stop } = rig();
    const begun = clock.now();
    gitlab.answerUpdates({ kind: 'failed', cause: 'HTTP 500' }, { kind: 'gone', cause: 'canceled' });
    const running = sender.run(stop.signal);
    await clock.advance(40_000);
    await running;
    expect(gitlab.updates.map((update) => update.atMs - begun)).toEqual([30_000, 33_000]);
    expect(told).toEqual(['gone: canceled']);
    stop.abort();
  });
});

describe('trace sender: a successor', () => {
  test.each([
    ['had not arrived', 4, [[4, 'accepted']]],
    ['had arrived', 8, [[4, 'rewind']]],
    [
      'had arrived in part',
      6,
      [
        [4, 'rewind'],
        [6, 'accepted'],
      ],
    ],
    [
      'and the one before it had not arrived',
      2,
      [
        [4, 'rewind'],
        [2, 'accepted'],
        [4, 'accepted'],
      ],
    ],
  ])('sends the last chunk again when it %s', async (_, arrived, patches) => {
    const dead = await died('one\n', 'two\n');
    dead.gitlab.trace = dead.gitlab.trace.subarray(0, arrived);
    dead.gitlab.patches.length = 0;
    const { clock, gitlab, sender, trace, told, stop } = rig(dead);
    const running = sender.run(stop.signal);
    await clock.advance(20);
    expect(starts(gitlab)).toEqual(patches);
    trace.say(undefined, 'three\n');
    await clock.advance(3000);
    expect(gitlab.trace.toString()).toBe('one\ntwo\nthree\n');
    expect(told).toEqual([]);
    stop.abort();
    await running;
  });

  test('of a successor walks back over the chunks of all of them', async () => {
    const second = rig(await died('one\n', 'two\n'));
    const running = second.sender.run(second.stop.signal);
    second.trace.say(undefined, 'three\n');
    await second.clock.advance(3000);
    second.stop.abort();
    await running;
    second.gitlab.trace = Buffer.alloc(0);
    const { clock, gitlab, sender, stop } = rig(second);
    const finished = sender.finish({ state: 'success' }, stop.signal);
    expect(await passing(clock, finished)).toEqual({ kind: 'reported' });
    expect(gitlab.trace.toString()).toBe('one\ntwo\nthree\n');
    expect(gitlab.updates.at(-1)?.output).toEqual({ bytesize: 14, checksum: crc32('one\ntwo\nthree\n') });
  });

  test('without the last chunks goes on behind what GitLab has', async () => {
    const dead = await died('one\n', 'two\n', 'three\n');
    const { clock, gitlab, sender, trace, told, stop } = rig(dead, dead.sink.chunk('0000000000000000'));
    const running = sender.run(stop.signal);
    await clock.advance(20);
    trace.say(undefined, 'the worker is lost\n');
    await clock.advance(3000);
    expect(gitlab.trace.toString()).toBe('one\ntwo\nthree\nthe worker is lost\n');
    expect(told.length).toBe(1);
    stop.abort();
    await running;
  });
});
