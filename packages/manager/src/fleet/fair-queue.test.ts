import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const arrivals = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 });

it('gives every lane that waits its turn before any lane has another, each in the order of its arrivals', () => {
  fc.assert(
    fc.property(arrivals, (lanes) => {
      const queue = new FairQueue<{ lane: string; at: number }>();
      for (const [at, lane] of lanes.entries()) queue.add(lane, { lane, at });
      const left = new Map([...new Set(lanes)].map((lane) => [lane, lanes.filter((each) => each === lane).length]));
      while (left.size > 0) {
        const round = [...left.keys()].map(() => queue.next());
        expect(new Set(round.map((item) => item?.lane))).toEqual(new Set(left.keys()));
        for (const [lane, count] of [...left]) {
          if (count === 1) left.delete(lane);
          else left.set(lane, count - 1);
        }
      }
      expect([queue.next(), queue.size]).toEqual([undefined, 0]);
    }),
    { seed: 4, numRuns: 300 },
  );
});

it('loses nobody, and whoever has gone gets no turn', () => {
  fc.assert(
    fc.property(arrivals, fc.array(fc.nat(59)), (lanes, leaving) => {
      const queue = new FairQueue<number>();
      for (const [at, lane] of lanes.entries()) queue.add(lane, at);
      for (const at of leaving) queue.remove(lanes[at] ?? 'nobody', at);
      const expected = lanes.map((_, at) => at).filter((at) => !leaving.includes(at));
      expect(queue.size).toBe(expected.length);
      const served = expected.map(() => queue.next());
      expect(served.toSorted((a = 0, b = 0) => a - b)).toEqual(expected);
      for (const lane of new Set(lanes)) {
        const own = served.filter((at) => at !== undefined && lanes[at] === lane);
        expect(own).toEqual(own.toSorted((a = 0, b = 0) => a - b));
      }
    }),
    { seed: 4, numRuns: 300 },
  );
});
