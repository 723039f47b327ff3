import { seededRandom } from '@fargate-gitlab-runner/kernel';
import { type CallFate, faultyStore, persistentStore } from './faulty-job-store.test-double.ts';
import { jobStoreContract } from './job-store.contract.ts';
import { MemoryJobStore } from './memory-job-store.test-double.ts';

const FATES: readonly CallFate[] = ['done', 'before', 'after', 'late'];

jobStoreContract('in memory, over a bad line', async (clock) => {
  const random = seededRandom(20260101);
  const store = new MemoryJobStore(clock);
  const fate = () => FATES[Math.floor(random.fraction() * FATES.length)] ?? 'done';
  const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { open: async () => persistentStore(faultyStore(store, { fate, wait })), [Symbol.asyncDispose]: async () => undefined };
});
