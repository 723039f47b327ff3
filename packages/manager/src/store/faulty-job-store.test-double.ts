import type { JobStore } from './job-store.ts';

/** What becomes of one call: done; refused before it had an effect; done, but the answer is lost; done after a while. */
export type CallFate = 'done' | 'before' | 'after' | 'late';

/** Reading fails as a whole or not at all. */
const READS: readonly PropertyKey[] = ['read', 'list', 'owners', 'systemIds', 'readRunnerToken'];

/**
 * A store as one manager sees it over a bad line: `fate` says of each call what becomes of it. Several of them over one store are several
 * managers. A late call has its effect when `wait` is over.
 */
export function faultyStore(store: JobStore, of: { fate(operation: string): CallFate; wait(): Promise<void> }): JobStore {
  return new Proxy(store, {
    get(target, operation) {
      const method: unknown = Reflect.get(target, operation);
      if (typeof method !== 'function') return method;
      return async (...given: readonly unknown[]) => {
        const fate = of.fate(String(operation));
        if (fate === 'before') throw new Error(`${String(operation)}: no route`);
        if (fate === 'late') await of.wait();
        const answer: unknown = await Reflect.apply(method, target, given);
        if (fate === 'after' && !READS.includes(operation)) throw new Error(`${String(operation)}: the answer is lost`);
        return answer;
      };
    },
  });
}

/** A store that asks again until it has an answer, as all callers do in their own time. */
export function persistentStore(store: JobStore): JobStore {
  return new Proxy(store, {
    get(target, operation) {
      const method: unknown = Reflect.get(target, operation);
      if (typeof method !== 'function') return method;
      return (...given: readonly unknown[]) => untilAnswered(() => Reflect.apply(method, target, given));
    },
  });
}

async function untilAnswered(ask: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error) || !/no route|the answer is lost/.test(error.message)) throw error;
    }
  }
}
