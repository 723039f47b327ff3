/** GitLab's states of a job, as far as a stand-in needs them. */
export type JobStatus =
  | 'created'
  | 'manual'
  | 'scheduled'
  | 'waiting_for_resource'
  | 'pending'
  | 'running'
  | 'canceling'
  | 'success'
  | 'failed'
  | 'canceled'
  | 'skipped';

/**
 * Which state may follow which. `canceling` never leads to success: both final states end it as canceled. A skipped job gets another
 * chance when a job before it is played or tried again.
 */
export const NEXT_JOB_STATUS = {
  created: ['manual', 'scheduled', 'waiting_for_resource', 'pending', 'skipped', 'canceled'],
  manual: ['waiting_for_resource', 'pending', 'canceled'],
  scheduled: ['waiting_for_resource', 'pending', 'canceled'],
  waiting_for_resource: ['pending', 'canceled'],
  pending: ['running', 'failed', 'canceled'],
  running: ['canceling', 'success', 'failed', 'canceled'],
  canceling: ['canceled', 'failed'],
  success: [],
  failed: [],
  canceled: [],
  skipped: ['created'],
} as const satisfies Record<JobStatus, readonly JobStatus[]>;

/** The states in which a runner may write to the job: its token is valid only then. */
export function isExecuting(status: JobStatus): boolean {
  return status === 'running' || status === 'canceling';
}

/** Whether the job has ended. */
export function isFinished(status: JobStatus): boolean {
  return status === 'skipped' || NEXT_JOB_STATUS[status].length === 0;
}
