import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { expect, it } from 'vitest';
import { MemoryJobStore } from './store/memory-job-store.test-double.ts';
import { S3Failure } from './store/s3/s3-failure.ts';
import type { ManagerEvent } from './telemetry/manager-event.ts';
import { takeIdentity } from './manager-identity.ts';
import { Ownership } from './flow/ownership.ts';

/** A store in the cloud whose heartbeats can't be written while `isAway`. */
class AwayStore extends MemoryJobStore {
  isAway = true;

  override async beat(owner: string, state: { readonly released: boolean }): Promise<void> {
    if (this.isAway) throw new S3Failure('PutObject', new Error('no route'));
    await super.beat(owner, state);
  }
}

/** Managers that start over one store. */
function service() {
  const clock = new ManualClock();
  const store = new AwayStore(clock);
  const events: ManagerEvent[] = [];
  const emit = (event: ManagerEvent) => void events.push(event);
  const random = seededRandom(1);
  const start = (owner: string, signal?: AbortSignal) => {
    const ownership = new Ownership({ owner, heartbeatMs: 5000, staleMs: 30_000 }, { clock, store, emit });
    return takeIdentity({ store, ownership, clock, random, emit, ...(signal && { signal }) });
  };
  return { clock, store, events, start };
}

it('is not shared by managers that started while the store took no heartbeats', async () => {
  const { clock, store, events, start } = service();
  const starting = Promise.all([start('one'), start('two')]);
  await clock.advance(60_000);
  expect(await store.systemIds()).toEqual([]);
  store.isAway = false;
  await clock.advance(20_000);
  const [one, two] = await starting;
  expect(one.systemId).not.toBe(two.systemId);
  expect(one.storeId).toBe(two.storeId);
  expect(events[0]).toMatchObject({ name: 'store.failed', operation: 'the first heartbeat' });
});

it('is waited for no longer when the manager is told to go', async () => {
  const { clock, start } = service();
  const going = new AbortController();
  const starting = expect(start('one', going.signal)).rejects.toThrow('told to go');
  await clock.advance(100);
  going.abort(new Error('told to go'));
  await starting;
  expect(clock.sleeping).toBe(0);
});
