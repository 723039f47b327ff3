import type { JobRecord } from '../../store/job-record.ts';

/** A secret of the job in clear: as a script gets it and as the trace must not show it. */
export interface SecretVariable {
  readonly key: string;
  readonly value: string;
  readonly isFile: boolean;
}

/** The job's resolved secrets, in clear. They go into scripts, which hold secrets anyway, and into the list of what is masked. */
export function secretVariables({ secrets = [] }: Pick<JobRecord, 'secrets'>): SecretVariable[] {
  return secrets.map(({ key, value, isFile }) => ({ key, value: value.reveal(), isFile }));
}
