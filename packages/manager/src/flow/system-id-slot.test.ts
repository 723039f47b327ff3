import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { takeSystemId } from './system-id-slot.ts';

const DEPLOYS = 20;

/** Managers that start and go over one store. */
function service() {
  const store = new MemoryJobStore(new ManualClock());
  const random = seededRandom(1);
  return {
    store,
    start: async (owner: string) => {
      await store.beat(owner, { released: false });
      return takeSystemId(store, { owner, random });
    },
    release: (owner: string) => store.beat(owner, { released: true }),
  };
}

describe('the system id of a manager', () => {
  it.each([1, 3])('needs one spare for a rolling deploy of %i managers, however many deploys there are', async (size) => {
    const { start, release } = service();
    const places = await Promise.all(
      Array.from({ length: size }, async (_, at) => ({ owner: `first-${at}`, id: await start(`first-${at}`) })),
    );
    const everSeen = new Set(places.map(({ id }) => id));
    for (let deploy = 0; deploy < DEPLOYS; deploy++) {
      const place = places[deploy % size];
      if (!place) throw new Error('there is no such place');
      const [old, owner] = [place.owner, `deploy-${deploy}`];
      Object.assign(place, { owner, id: await start(owner) });
      expect(new Set(places.map(({ id }) => id)).size).toBe(size);
      await release(old);
      everSeen.add(place.id);
    }
    expect(everSeen.size).toBe(size + 1);
  });

  it('is not shared by managers that are there at the same time', async () => {
    const { start } = service();
    expect(new Set([await start('one'), await start('two'), await start('three')]).size).toBe(3);
  });

  it('is not taken from a manager that came while the heartbeats were read', async () => {
    const { store, start } = service();
    const owners = store.owners.bind(store);
    let other: string | undefined;
    store.owners = async () => {
      const seen = await owners();
      store.owners = owners;
      other = await start('two');
      return seen;
    };
    const own = await start('one');
    expect([other?.length, own === other]).toEqual([14, false]);
  });

  it('of a manager whose heartbeat is gone is free', async () => {
    const { store, start } = service();
    const id = await start('one');
    await store.forget('one');
    expect(await start('two')).toBe(id);
  });
});
