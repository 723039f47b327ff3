import type { JobRecord } from '../../store/job-record.ts';

/** The nonce as a phrase to mask: a worker that died may have printed it, and the next placement of the job has the same. */
export function noncePhrase({ nonce }: Pick<JobRecord, 'nonce'>): string {
  return nonce.reveal();
}
