import type { SeenJob } from '../../e2e/src/cases/seen-job.ts';
import { sectionsOf } from '../../e2e/src/cases/judge-shape.ts';

/** What two runners are held against each other by: how a job ended, what it left, and in which stages its log is. */
export interface JobShape {
  readonly status: string;
  readonly failureReason: string | undefined;
  readonly exitCode: number | undefined;
  readonly sections: readonly string[];
  /** `type format filename` of each. */
  readonly artifacts: readonly string[];
  readonly dotenv: readonly string[];
}

/** The shape of a job that has ended. */
export function jobShape({ job, trace, artifacts }: SeenJob): JobShape {
  return {
    status: job.status,
    failureReason: job.failureReason,
    exitCode: job.exitCode,
    sections: sectionsOf(trace),
    artifacts: artifacts.map(({ type, format, filename }) => `${type} ${format} ${filename}`).sort(),
    dotenv: job.dotenv.map(({ key, value }) => `${key}=${value}`).sort(),
  };
}
