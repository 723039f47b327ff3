import type { PlacingTime } from '../drive/placing-time.ts';
import type { JobFacts, JobTools } from '../job-tools.ts';
import type { RecordedJob } from '../recorded-job.ts';
import type { SayLine } from '../trace/trace-lines.ts';

/** What placing works with. */
export interface PlacingTools {
  readonly tools: Pick<JobTools, 'clock' | 'random' | 'fleet' | 'transport' | 'makeShim' | 'logs' | 'emit' | 'settings'>;
  readonly facts: JobFacts;
  readonly job: RecordedJob;
  readonly say: SayLine;
  readonly placingTime: PlacingTime;
}
