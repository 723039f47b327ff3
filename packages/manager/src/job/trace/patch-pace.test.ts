import { describe, expect, test } from 'vitest';
import type { JudgingGitLab } from './judging-gitlab.test-double.ts';
import { rig } from './trace-rig.test-double.ts';

const times = (gitlab: JudgingGitLab, since: number) => gitlab.patches.map((patch) => patch.atMs - since);

describe('patch pace', () => {
  test('sends the first lines after the gathering delay, the next when the interval has passed', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const begun = clock.now();
    const running = sender.run(stop.signal);
    trace.say(undefined, 'one\n');
    await clock.advance(10);
    trace.say(undefined, 'two\n');
    await clock.advance(10);
    expect(gitlab.trace.toString()).toBe('one\ntwo\n');
    trace.say(undefined, 'three\n');
    await clock.advance(10_000);
    trace.say(undefined, 'four\n');
    await clock.advance(20);
    stop.abort();
    await running;
    expect(times(gitlab, begun)).toEqual([20, 3020, 10_040]);
  });

  test('sends the first output of the job at once, whatever the pace', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    gitlab.paceMs = 60_000;
    const begun = clock.now();
    const running = sender.run(stop.signal);
    trace.say(undefined, 'one\n');
    await clock.advance(100);
    trace.script(Buffer.from('It works!\n'));
    await clock.advance(100);
    trace.script(Buffer.from('.\n'));
    await clock.advance(1000);
    trace.endScript();
    trace.script(Buffer.from('next stage\n'));
    await clock.advance(70_000);
    stop.abort();
    await running;
    expect(times(gitlab, begun)).toEqual([20, 120, 60_120]);
  });

  test('sends the first output of a stage at once, unless GitLab asked for a slower pace', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const begun = clock.now();
    const running = sender.run(stop.signal);
    trace.script(Buffer.from('one\n'));
    await clock.advance(100);
    trace.endScript();
    trace.script(Buffer.from('two\n'));
    await clock.advance(100);
    stop.abort();
    await running;
    expect(times(gitlab, begun)).toEqual([20, 120]);
  });

  test('23: obeys the pace that GitLab names, on patches and on updates, at most a quarter of an hour', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const begun = clock.now();
    const running = sender.run(stop.signal);
    gitlab.paceMs = 7000;
    trace.say(undefined, 'a\n');
    await clock.advance(20);
    trace.say(undefined, 'b\n');
    await clock.advance(7000);
    gitlab.paceMs = 3_600_000;
    await clock.advance(30_000);
    expect(gitlab.updates.length).toBe(1);
    trace.say(undefined, 'c\n');
    trace.say(undefined, 'd\n');
    await clock.advance(1_000_000);
    stop.abort();
    await running;
    expect(times(gitlab, begun)).toEqual([20, 7020, 907_020]);
  });

  test('does not wait with a large backlog', async () => {
    const { clock, gitlab, trace, sender, stop } = rig();
    const running = sender.run(stop.signal);
    trace.script(Buffer.from('first\n'));
    await clock.advance(20);
    trace.script(Buffer.alloc(300 * 1024, 'x\n'));
    await clock.advance(0);
    expect(gitlab.trace.length).toBe(300 * 1024 + 6);
    stop.abort();
    await running;
  });

  test('makes whoever reads the journal wait while too much is pending', async () => {
    const { clock, trace, sender, stop } = rig();
    const running = sender.run(stop.signal);
    trace.say(undefined, 'x'.repeat(100));
    let hasRoom = false;
    const room = sender.room(50).then(() => {
      hasRoom = true;
    });
    await clock.advance(0);
    expect(hasRoom).toBe(false);
    await clock.advance(20);
    expect(hasRoom).toBe(true);
    trace.say(undefined, 'x'.repeat(100));
    const never = sender.room(50);
    stop.abort();
    await Promise.all([running, room, never]);
  });
});
