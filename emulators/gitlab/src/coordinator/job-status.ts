/** GitLab's states of a job, as far as a stand-in needs them. */
export type JobStatus = 'created' | 'pending' | 'running' | 'canceling' | 'success' | 'failed' | 'canceled' | 'skipped';

/** Which state may follow which. `canceling` never leads to success: both final states end it as canceled. */
export const NEXT_JOB_STATUS = {
  created: ['pending', 'skipped', 'canceled'],
  pending: ['running', 'failed', 'canceled'],
  running: ['canceling', 'success', 'failed', 'canceled'],
  canceling: ['canceled', 'failed'],
  success: [],
  failed: [],
  canceled: [],
  skipped: [],
} as const satisfies Record<JobStatus, readonly JobStatus[]>;

/** The states in which a runner may write to the job: its token is valid only then. */
export function isExecuting(status: JobStatus): boolean {
  return status === 'running' || status === 'canceling';
}

/** Whether nothing will happen to the job any more. */
export function isFinished(status: JobStatus): boolean {
  return NEXT_JOB_STATUS[status].length === 0;
}
