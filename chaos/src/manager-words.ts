import type { LoggedEvent, ManagerUnderTest } from '@fargate-gitlab-runner/testkit';
import type { JobWords } from './job-evidence.ts';

const RECORDING = /^recording job (\S+)$/;

/** What all managers of a run said of each job, by its id. */
export async function wordsOf(managers: readonly Pick<ManagerUnderTest, 'events'>[]): Promise<ReadonlyMap<string, JobWords>> {
  const words = new Map<string, JobWords>();
  const add = (jobId: string | undefined, more: JobWords) => {
    if (jobId !== undefined) words.set(jobId, { ...words.get(jobId), ...more });
  };
  for (const manager of managers) {
    for (const event of await manager.events()) {
      const cause = event.get('cause') ?? 'without a cause';
      if (event.get('event') === 'store.failed') add(unrecordedJob(event), { unrecordable: cause });
      if (event.get('event') === 'job.unannounced') add(event.get('jobId'), { unannounced: cause });
    }
  }
  return words;
}

function unrecordedJob(event: LoggedEvent): string | undefined {
  return RECORDING.exec(event.get('operation') ?? '')?.[1];
}
