import { setMaxListeners } from 'node:events';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EcsException } from './ecs-gateway.ts';
import { refused, ScriptedEcsGateway, throttled } from './scripted-ecs-gateway.test-double.ts';
import { type Sighting, TaskWatch } from './task-watch.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const cluster = { region: 'eu-west-1', clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers' };
const addressOf = (sighting: Sighting) => (sighting.kind === 'seen' ? sighting.task.address : sighting.kind);
const stopOf = (sighting: Sighting) => (sighting.kind === 'seen' ? sighting.task.stopCode || undefined : sighting.kind);

function rig() {
  const clock = new ManualClock();
  const gateway = new ScriptedEcsGateway(clock);
  const troubles: EcsException[] = [];
  const watch = new TaskWatch(cluster, { gateway, clock, onTrouble: (exception) => troubles.push(exception) });
  const start = clock.monotonic();
  const callTimes = () => gateway.callsOf('describeTasks').map((call) => call.at - start);
  return { clock, gateway, watch, troubles, callTimes };
}

describe('TaskWatch', () => {
  it('wakes everybody by one call for all tasks', async () => {
    const { clock, gateway, watch } = rig();
    const arns = ['a', 'b', 'c'];
    for (const arn of arns) gateway.put(arn, { address: `10.0.0.${arn}` });
    const waiting = Promise.all(arns.map((arn) => watch.until(arn, addressOf, never)));
    await clock.advance(200);
    expect(await waiting).toEqual(['10.0.0.a', '10.0.0.b', '10.0.0.c']);
    expect(gateway.calls.length).toBeLessThanOrEqual(2);
    expect(clock.sleeping).toBe(0);
  });

  it('looks at starting tasks every 200 ms', async () => {
    const { clock, gateway, watch, callTimes } = rig();
    gateway.put('a');
    const waiting = watch.until('a', addressOf, never);
    await clock.advance(700);
    gateway.put('a', { address: '10.0.0.4' });
    await clock.advance(200);
    expect(await waiting).toBe('10.0.0.4');
    expect(callTimes()).toEqual([0, 200, 400, 600, 800]);
  });

  it('looks at running tasks every 5 s', async () => {
    const { clock, gateway, watch, callTimes } = rig();
    gateway.put('a', { lastStatus: 'RUNNING' });
    const waiting = watch.until('a', stopOf, never);
    await clock.advance(9000);
    gateway.put('a', { desiredStatus: 'STOPPED', stopCode: 'SpotInterruption' });
    await clock.advance(1000);
    expect(await waiting).toBe('SpotInterruption');
    expect(callTimes()).toEqual([0, 5000, 10_000]);
  });

  it('keeps to 5 calls a second and 100 tasks a call with 500 tasks, and forgets none of them', async () => {
    const { clock, gateway, watch, callTimes } = rig();
    const arns = Array.from({ length: 500 }, (_, at) => `task-${at}`);
    for (const arn of arns) gateway.put(arn);
    const waiting = Promise.all(arns.map((arn) => watch.until(arn, addressOf, never)));
    await clock.advance(10_000);
    expect(callTimes().length).toBeLessThanOrEqual(51);
    expect(gateway.calls.every((call) => call.of.length <= 100)).toBe(true);
    const looks = new Map<string, number>();
    for (const arn of gateway.calls.flatMap((call) => call.of)) looks.set(arn, (looks.get(arn) ?? 0) + 1);
    expect([looks.size, Math.min(...looks.values())]).toEqual([500, 10]);
    for (const arn of arns) gateway.put(arn, { address: arn });
    await clock.advance(1200);
    expect(await waiting).toEqual(arns);
  });

  it('needs few calls for many running tasks that came one by one', async () => {
    const { clock, gateway, watch, callTimes } = rig();
    const leave = new AbortController();
    setMaxListeners(0, leave.signal);
    for (let at = 0; at < 50; at++) {
      gateway.put(`task-${at}`, { lastStatus: 'RUNNING' });
      watch.until(`task-${at}`, stopOf, leave.signal).catch(() => undefined);
      await clock.advance(90);
    }
    const before = callTimes().length;
    await clock.advance(30_000);
    expect(callTimes().length - before).toBeLessThanOrEqual(7);
    leave.abort();
    await clock.advance(0);
    expect(clock.sleeping).toBe(0);
  });

  it('bears 30 s of MISSING after the start, and believes it afterwards', async () => {
    const { clock, gateway, watch } = rig();
    let seen: unknown;
    void watch.until('late', addressOf, never).then((address) => {
      seen = address;
    });
    await clock.advance(29_000);
    expect(seen).toBeUndefined();
    gateway.put('late', { address: '10.0.0.4' });
    await clock.advance(1000);
    expect(seen).toBe('10.0.0.4');
    const gone = watch.until('gone', addressOf, never);
    await clock.advance(30_200);
    expect(await gone).toBe('missing');
  });

  it('believes MISSING of a task that it has seen only when a second look 5 s later agrees', async () => {
    const { clock, gateway, watch, callTimes } = rig();
    gateway.put('a', { lastStatus: 'RUNNING' });
    let stop: unknown;
    void watch.until('a', stopOf, never).then((seen) => {
      stop = seen;
    });
    await clock.advance(1000);
    gateway.tasks.clear();
    await clock.advance(8999);
    expect([stop, callTimes()]).toEqual([undefined, [0, 5000]]);
    await clock.advance(1);
    expect([stop, callTimes()]).toEqual(['missing', [0, 5000, 10_000]]);
  });

  it('does not give up a running task that one look did not find, however often that happens', async () => {
    const { clock, gateway, watch } = rig();
    const task = { lastStatus: 'RUNNING' };
    gateway.put('a', task);
    let stop: unknown;
    void watch.until('a', stopOf, never).then((seen) => {
      stop = seen;
    });
    await clock.advance(0);
    for (let turn = 0; turn < 5; turn++) {
      gateway.tasks.clear();
      await clock.advance(5000);
      gateway.put('a', task);
      await clock.advance(5000);
    }
    expect(stop).toBeUndefined();
    gateway.put('a', { desiredStatus: 'STOPPED', stopCode: 'UserInitiated' });
    await clock.advance(5000);
    expect(stop).toBe('UserInitiated');
  });

  it('backs off when it is throttled, and tells', async () => {
    const { clock, gateway, watch, callTimes, troubles } = rig();
    gateway.put('a');
    for (let turn = 0; turn < 3; turn++) gateway.trouble('describeTasks', { exception: throttled });
    const leave = new AbortController();
    watch.until('a', addressOf, leave.signal).catch(() => undefined);
    await clock.advance(3900);
    expect(callTimes()).toEqual([0, 500, 1500, 3500, 3700, 3900]);
    expect(troubles.length).toBe(3);
    leave.abort();
  });

  it('says that it may not look only after 30 s of it', async () => {
    const { clock, gateway, watch } = rig();
    for (let turn = 0; turn < 40; turn++) gateway.trouble('describeTasks', { exception: refused('AccessDeniedException', 'no') });
    let told: unknown;
    void watch.until('a', addressOf, never).then((kind) => {
      told = kind;
    });
    await clock.advance(29_000);
    expect(told).toBeUndefined();
    await clock.advance(11_000);
    expect(told).toBe('refused');
  });

  it('lets go at an abort, and stops asking when nobody waits', async () => {
    const { clock, gateway, watch } = rig();
    gateway.put('a');
    const leave = new AbortController();
    const waiting = watch.until('a', addressOf, leave.signal);
    await clock.advance(400);
    leave.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    const calls = gateway.calls.length;
    await clock.advance(60_000);
    expect(gateway.calls.length).toBe(calls);
    await expect(watch.until('a', addressOf, leave.signal)).rejects.toThrow('left');
  });

  it('never asks faster than its interval, whoever comes and goes', async () => {
    const step = fc.record({
      task: fc.nat({ max: 3 }),
      act: fc.constantFrom('join', 'leave', 'start', 'run', 'vanish'),
      ms: fc.nat({ max: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { clock, gateway, watch, callTimes } = rig();
        let leave = new AbortController();
        setMaxListeners(0, leave.signal);
        for (const { task, act, ms } of steps) {
          if (act === 'join') watch.until(`task-${task}`, addressOf, leave.signal).catch(() => undefined);
          if (act === 'start') gateway.put(`task-${task}`);
          if (act === 'run') gateway.put(`task-${task}`, { lastStatus: 'RUNNING', address: '10.0.0.4' });
          if (act === 'vanish') gateway.tasks.delete(`task-${task}`);
          if (act === 'leave') {
            leave.abort();
            leave = new AbortController();
          }
          await clock.advance(ms);
        }
        leave.abort();
        await clock.advance(0);
        const times = callTimes();
        expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 200)).toBe(true);
        expect(clock.sleeping).toBe(0);
      }),
      { numRuns: 40, seed: 20260101 },
    );
  });
});
