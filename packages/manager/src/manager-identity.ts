import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { JobStore } from './store/job-store.ts';
import { untilStoreAnswers } from './store/until-store-answers.ts';
import type { EmitEvent } from './telemetry/manager-event.ts';
import type { Ownership } from './flow/ownership.ts';
import { takeSystemId } from './flow/system-id-slot.ts';

/** What it takes. `signal` ends the wait for a store that is away. */
export interface IdentityTools {
  readonly store: JobStore;
  readonly ownership: Pick<Ownership, 'owner' | 'begin'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: EmitEvent;
  readonly signal?: AbortSignal;
}

/**
 * Who this manager is to GitLab, and which store it works over. The first heartbeat comes before: without it another manager that starts
 * would take this one for gone, and its system id for free. A store that is away for the moment is waited for.
 */
export async function takeIdentity(tools: IdentityTools): Promise<{ readonly systemId: string; readonly storeId: string }> {
  const { store, ownership, random, emit } = tools;
  const patiently = <T>(operation: string, ask: () => Promise<T>) =>
    untilStoreAnswers({ ask, onFailure: (error) => emit({ name: 'store.failed', operation, cause: String(error) }) }, tools);
  await patiently('the first heartbeat', () => ownership.begin());
  return {
    systemId: await patiently('taking a system id', () => takeSystemId(store, { owner: ownership.owner, random })),
    storeId: await patiently('reading the id of the store', () => store.storeId(() => random.hex(12))),
  };
}
