import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestVerdict } from '../coordinator/coordinator.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { flowRig, jobPayload, type RigChoices, TIMES } from './flow-rig.test-double.ts';

const NONE: RequestVerdict = { kind: 'none' };
const REFUSED: RequestVerdict = { kind: 'refused', cause: '403 Forbidden' };
const job = (id: string): RequestVerdict => ({ kind: 'job', job: jobPayload(id) });

/** A manager that polls, its heart beating. `askedOf` counts questions since the last call. */
async function pollingRig(choices: RigChoices = {}) {
  const rig = flowRig(choices);
  await rig.ownership.beat();
  const end = new AbortController();
  const beating = rig.ownership.keepBeating(end.signal);
  let counted = 0;
  const asked = () => {
    const runners = rig.coordinator.questions.slice(counted).map(({ runner }) => runner);
    counted = rig.coordinator.questions.length;
    return runners;
  };
  const start = async () => {
    rig.polling.start();
    await rig.clock.advance(0);
  };
  return {
    ...rig,
    asked,
    start,
    async [Symbol.asyncDispose]() {
      end.abort();
      const stopped = rig.polling.stop(0);
      await rig.clock.advance(0);
      await stopped;
      await Promise.all([beating, rig.roster.leaveAll()]);
      expect(rig.clock.sleeping).toBe(0);
    },
  };
}

describe('the slot of a question', () => {
  it('is held before GitLab is asked, and while the answer is awaited', async () => {
    await using rig = await pollingRig();
    const held: number[] = [];
    rig.coordinator.answer = () => void held.push(rig.slots.held('dev'));
    await rig.start();
    await rig.clock.advance(60_000);
    expect([held, rig.slots.held('dev'), rig.asked()]).toEqual([[1], 1, ['dev']]);
  });

  it.each<[string, RequestVerdict]>([
    ['none', NONE],
    ['refused', REFUSED],
    ['unavailable', { kind: 'unavailable', cause: '502 Bad Gateway' }],
    ['broken', { kind: 'broken', problems: ['id: expected a number'] }],
  ])('goes back when the answer is %s, and the next question waits for the interval', async (_, verdict) => {
    await using rig = await pollingRig();
    rig.coordinator.answer = () => verdict;
    await rig.start();
    expect([rig.asked(), rig.slots.held()]).toEqual([['dev'], 0]);
    await rig.clock.advance(TIMES.checkIntervalMs - 1);
    expect(rig.asked()).toEqual([]);
    await rig.clock.advance(1);
    expect([rig.asked(), rig.slots.held()]).toEqual([['dev'], 0]);
  });

  it('goes back when the question throws, which is told, and the runner asks again', async () => {
    await using rig = await pollingRig({ runners: { dev: 1, prd: 1 } });
    rig.coordinator.answer = ({ runner, refuse }) => {
      if (runner === 'dev') refuse(new Error('a defect'));
      return runner === 'dev' ? undefined : NONE;
    };
    await rig.start();
    expect([rig.asked(), rig.slots.held()]).toEqual([['dev', 'prd'], 0]);
    expect(rig.told('poll.failed')).toMatchObject([{ runner: 'dev', cause: expect.stringContaining('a defect') }]);
    await rig.clock.advance(TIMES.checkIntervalMs);
    expect(rig.asked().sort()).toEqual(['dev', 'prd']);
  });

  it('51: goes with the job that comes, until the job is over, and the next question follows at once', async () => {
    await using rig = await pollingRig();
    let next = 1;
    rig.coordinator.answer = () => (next <= 2 ? job(String(next++)) : NONE);
    await rig.start();
    expect([rig.asked(), rig.drives.now, rig.slots.held('dev')]).toEqual([['dev', 'dev', 'dev'], ['1', '2'], 2]);
    rig.drives.end('1');
    await rig.clock.advance(0);
    expect(rig.slots.held('dev')).toBe(1);
  });
});

describe('the limits', () => {
  it('keep a runner from asking while all its slots are held, and let it ask when one is free again', async () => {
    await using rig = await pollingRig({ concurrency: 1, runners: { dev: 1 } });
    rig.coordinator.answer = () => (rig.coordinator.questions.length < 9 ? job(String(rig.coordinator.questions.length)) : undefined);
    await rig.start();
    await rig.clock.advance(600_000);
    expect(rig.asked()).toEqual(['dev']);
    rig.drives.end('1');
    await rig.clock.advance(0);
    expect([rig.asked(), rig.drives.now]).toEqual([['dev'], ['2']]);
  });

  it('are not counted for jobs that are taken over, but nobody asks until the surplus is gone', async () => {
    await using rig = await pollingRig({ concurrency: 2, runners: { dev: 2 } });
    rig.coordinator.answer = () => NONE;
    for (const jobId of ['1', '2', '3']) await rig.store.create(sampleRecord({ jobId, runner: 'dev', owner: 'left' }));
    await rig.store.beat('left', { released: true });
    await rig.adoption.look();
    await rig.start();
    expect(rig.slots.held()).toBe(3);
    for (const jobId of ['1', '2']) {
      await rig.clock.advance(60_000);
      expect(rig.asked()).toEqual([]);
      rig.drives.end(jobId);
    }
    await rig.clock.advance(0);
    expect(rig.asked()).toEqual(['dev']);
  });

  it('of all runners together are shared by turns', async () => {
    await using rig = await pollingRig({ concurrency: 1, runners: { a: 1, b: 1, c: 1 } });
    rig.coordinator.answer = () => NONE;
    await rig.start();
    await rig.clock.advance(10 * TIMES.checkIntervalMs);
    const asked = rig.asked();
    for (const runner of ['a', 'b', 'c']) expect(asked.filter((name) => name === runner).length).toBeGreaterThanOrEqual(9);
  });

  it('make the questions short while there are fewer free slots than runners, and long when there are enough', async () => {
    const longOf = async (concurrency: number) => {
      await using rig = await pollingRig({ concurrency, runners: { a: 10, b: 10 } });
      rig.coordinator.answer = () => NONE;
      await rig.start();
      return rig.coordinator.questions.map(({ isLongPoll }) => isLongPoll);
    };
    expect([await longOf(1), await longOf(10)]).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('51: are never exceeded, whatever GitLab answers and however long the jobs take', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('answer' as const), which: fc.nat({ max: 5 }), what: fc.constantFrom('job', 'job', 'none', 'throw') }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat({ max: 5 }) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1000, 3000) }),
    );
    const plan = fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      a: fc.integer({ min: 1, max: 3 }),
      b: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(step, { maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ concurrency, a, b, steps }) => {
        await using rig = await pollingRig({ concurrency, runners: { a, b } });
        const open: (typeof rig.coordinator.questions)[number][] = [];
        let jobs = 0;
        rig.coordinator.answer = (question) => void open.push(question);
        const drivenOf = (runner: string) => rig.drives.now.filter((id) => rig.drives.of(id).job.record.runner === runner).length;
        const check = () => {
          const asking = (runner: string) => open.filter((question) => question.runner === runner).length;
          expect(open.length + rig.drives.now.length).toBeLessThanOrEqual(concurrency);
          expect(asking('a') + drivenOf('a')).toBeLessThanOrEqual(a);
          expect(asking('b') + drivenOf('b')).toBeLessThanOrEqual(b);
          expect(rig.slots.held()).toBe(open.length + rig.drives.now.length);
        };
        await rig.start();
        check();
        for (const act of steps) {
          if (act.kind === 'answer') {
            const question = open.splice(act.which, 1)[0];
            if (act.what === 'job') question?.answer(job(String(jobs++)));
            else if (act.what === 'throw') question?.refuse(new Error('a defect'));
            else question?.answer(NONE);
          }
          if (act.kind === 'end') {
            const jobId = rig.drives.now[act.which];
            if (jobId !== undefined) rig.drives.end(jobId);
          }
          await rig.clock.advance(act.kind === 'wait' ? act.ms : 0);
          check();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a runner that GitLab refuses', () => {
  it('8: rests after three refusals in a row, alone, and is told once', async () => {
    await using rig = await pollingRig({ runners: { bad: 1, good: 1 } });
    rig.coordinator.answer = ({ runner }) => (runner === 'bad' ? REFUSED : NONE);
    await rig.start();
    await rig.clock.advance(10 * TIMES.checkIntervalMs);
    const asked = rig.asked();
    expect([asked.filter((name) => name === 'bad').length, asked.filter((name) => name === 'good').length]).toEqual([3, 11]);
    expect(rig.told('runner.unhealthy')).toEqual([{ name: 'runner.unhealthy', runner: 'bad', cause: '403 Forbidden' }]);
    await rig.clock.advance(TIMES.unhealthyIntervalMs);
    expect(rig.asked()).toContain('bad');
  });

  it('8: does not rest when GitLab answers otherwise in between', async () => {
    await using rig = await pollingRig();
    rig.coordinator.answer = () => (rig.coordinator.questions.length % 3 === 0 ? NONE : REFUSED);
    await rig.start();
    await rig.clock.advance(11 * TIMES.checkIntervalMs);
    expect([rig.asked().length, rig.told('runner.unhealthy')]).toEqual([12, []]);
  });
});

describe('a runner without capacity', () => {
  it('asks for nothing for a minute, the others do', async () => {
    await using rig = await pollingRig({ runners: { spot: 1, other: 1 } });
    rig.coordinator.answer = () => NONE;
    rig.polling.capacity('spot', false);
    await rig.start();
    await rig.clock.advance(59_000);
    expect(new Set(rig.asked())).toEqual(new Set(['other']));
    await rig.clock.advance(2000);
    expect(rig.asked()).toContain('spot');
  });

  it('asks again when one of its placements succeeds', async () => {
    await using rig = await pollingRig({ runners: { spot: 1 } });
    rig.coordinator.answer = () => NONE;
    rig.polling.capacity('spot', false);
    await rig.start();
    rig.polling.capacity('spot', true);
    await rig.clock.advance(1000);
    expect(rig.asked()).toEqual(['spot']);
  });
});

describe('a manager whose heartbeat can not be written', () => {
  it('asks for nothing until it can', async () => {
    await using rig = await pollingRig();
    rig.coordinator.answer = () => NONE;
    const beat = rig.store.beat.bind(rig.store);
    rig.store.beat = () => Promise.reject(new Error('no space left'));
    await rig.start();
    await rig.clock.advance(TIMES.staleMs);
    rig.asked();
    await rig.clock.advance(60_000);
    expect(rig.asked()).toEqual([]);
    rig.store.beat = beat;
    await rig.clock.advance(TIMES.heartbeatMs + 1000);
    expect(rig.asked().length).toBeGreaterThan(0);
  });
});

describe('a payload that can not be read', () => {
  it('is told, and the job failed where its id and token could be read', async () => {
    await using rig = await pollingRig();
    const { makeClientKey } = rig.tools;
    const salvage = { id: '7', token: makeClientKey().clientKey };
    rig.coordinator.answer = () => ({ kind: 'broken', problems: ['steps: expected a list'], salvage });
    await rig.start();
    expect(rig.told('job.unreadable')).toMatchObject([{ runner: 'dev', problems: ['steps: expected a list'] }]);
    expect(rig.coordinator.updates).toMatchObject([
      { job: '7', token: 'private half', update: { state: 'failed', failureReason: 'runner_system_failure' } },
    ]);
  });

  it('is told, and nothing sent, where they could not', async () => {
    await using rig = await pollingRig();
    rig.coordinator.answer = () => ({ kind: 'broken', problems: ['not JSON'] });
    await rig.start();
    expect([rig.told('job.unreadable').length, rig.coordinator.updates]).toEqual([1, []]);
  });
});

describe('stopping', () => {
  it('asks nothing more, whatever a loop is waiting for', async () => {
    await using rig = await pollingRig({ concurrency: 2, runners: { idle: 1, full: 1, resting: 1 } });
    rig.coordinator.answer = ({ runner }) => (runner === 'full' ? job('1') : NONE);
    rig.polling.capacity('resting', false);
    await rig.start();
    await rig.polling.stop(10_000);
    rig.asked();
    rig.drives.end('1');
    await rig.clock.advance(600_000);
    expect(rig.asked()).toEqual([]);
  });

  it('waits for the questions in flight, and cuts them when the time is over', async () => {
    await using rig = await pollingRig({ runners: { a: 1, b: 1 } });
    await rig.start();
    let isStopped = false;
    const stopped = rig.polling.stop(10_000).then(() => {
      isStopped = true;
    });
    await rig.clock.advance(9999);
    expect([isStopped, rig.slots.held()]).toEqual([false, 2]);
    await rig.clock.advance(1);
    await stopped;
    expect([rig.slots.held(), rig.told('poll.failed')]).toEqual([0, []]);
  });

  it('is over as soon as the last question is answered', async () => {
    await using rig = await pollingRig();
    await rig.start();
    const stopped = rig.polling.stop(10_000);
    rig.coordinator.questions[0]?.answer(NONE);
    await stopped;
    expect(rig.asked()).toEqual(['dev']);
  });

  it('loses no job that comes meanwhile: it is recorded, and a successor takes it over', async () => {
    await using rig = await pollingRig();
    await rig.start();
    const stopped = rig.polling.stop(10_000);
    await rig.clock.advance(5000);
    rig.coordinator.questions[0]?.answer(job('1'));
    await stopped;
    await rig.roster.leaveAll();
    await rig.ownership.release(new AbortController().signal);
    expect([rig.drives.now, rig.slots.held()]).toEqual([[], 0]);

    const successor = flowRig({ clock: rig.clock, store: rig.store, owner: 'successor' });
    await successor.adoption.look();
    expect(successor.drives.of('1').job.record).toMatchObject({ jobId: '1', owner: 'successor', generation: 2 });
  });

  it('loses no job that comes after all jobs were left', async () => {
    await using rig = await pollingRig();
    await rig.start();
    await rig.roster.leaveAll();
    rig.coordinator.questions[0]?.answer(job('1'));
    await rig.clock.advance(0);
    expect([rig.drives.begun, (await rig.store.read('1'))?.record.owner]).toEqual([[], 'us']);
  });
});

describe('a question that GitLab held', () => {
  const TICK: RequestVerdict = { kind: 'none', isTick: true };

  it('is asked again at once when it ends', async () => {
    await using rig = await pollingRig({ runners: { dev: 1 } });
    await rig.start();
    await rig.clock.advance(5000);
    rig.coordinator.questions[0]?.answer(TICK);
    await rig.clock.advance(0);
    expect(rig.coordinator.questions).toHaveLength(2);
  });

  it('is asked again at once only once in an interval when it was not held at all', async () => {
    await using rig = await pollingRig({ runners: { dev: 1 } });
    rig.coordinator.answer = () => TICK;
    await rig.start();
    expect(rig.coordinator.questions).toHaveLength(2);
    await rig.clock.advance(TIMES.checkIntervalMs - 1);
    expect(rig.coordinator.questions).toHaveLength(2);
  });
});
