import { forbidden, tooMany } from './api-answer.ts';
import type { Coordinator } from './coordinator.ts';
import type { Job } from './job.ts';

const MAX_REFUSALS = 6;

/** The job, if the limiter, the token and the job's state let the call through. Unknown ids look like wrong tokens. */
export function admitted(
  coordinator: Coordinator,
  id: string,
  call: { readonly token: string | undefined; readonly kind: 'trace' | 'job' },
): Job | Response {
  const { rateLimits } = coordinator.knobs;
  const perMinute = call.kind === 'trace' ? rateLimits.tracePerMinute : rateLimits.jobPerMinute;
  const name = call.kind === 'trace' ? 'runner_jobs_patch_trace_api' : 'runner_jobs_api';
  const admission = coordinator.limiter.admits({ name, key: call.token ?? '', perMinute });
  if (admission.kind === 'limited') return tooMany(admission.headers);
  const job = coordinator.jobs.withId(id);
  if (!job || job.token !== call.token) return forbidden();
  if (!job.isExecuting && !job.reservation) return refusedAsOver(coordinator, job);
  job.touchedAt = coordinator.clock.monotonic();
  return job;
}

/** A client may notice the end once more with its last PATCH and its last PUT, and a successor too; then it should be quiet. */
function refusedAsOver(coordinator: Coordinator, job: Job): Response {
  if (++job.refusals > MAX_REFUSALS)
    coordinator.findings.push({ rule: 'after-the-end', detail: `${job.refusals} calls after the end as ${job.status}`, jobId: job.id });
  return forbidden(job.status);
}
