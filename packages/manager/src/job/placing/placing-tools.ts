import type { JobFacts, JobTools } from '../job-tools.ts';
import type { RecordedJob } from '../recorded-job.ts';
import type { SayLine } from '../trace/trace-lines.ts';

/** What placing works with. */
export interface PlacingTools {
  readonly tools: JobTools;
  readonly facts: JobFacts;
  readonly job: RecordedJob;
  readonly say: SayLine;
}
