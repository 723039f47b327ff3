import { jobStoreContract } from './job-store.contract.ts';
import { MemoryJobStore } from './memory-job-store.test-double.ts';

jobStoreContract('in memory', async (clock) => {
  const store = new MemoryJobStore(clock);
  return { open: async () => store, [Symbol.asyncDispose]: async () => undefined };
});
