import type { PlacementFailure, TaskStop } from '../../fleet/fleet.ts';

const WHO = {
  user: 'You can mend this in the job',
  operator: 'For the operator of the runner',
  AWS: 'This is for AWS to mend',
} as const satisfies Readonly<Record<PlacementFailure['who'], string>>;

/** A failure as the job log says it: what happened, its code, who can do something about it, and what. */
export function failureSentence({ cause, code, who, cure }: Pick<PlacementFailure, 'cause' | 'code' | 'who' | 'cure'>): string {
  return `${cause} (${code}). ${WHO[who]}: ${cure}`;
}

/** The end of a worker's task as the job log says it: ECS's own words, who can do something about it, and what. */
export function stopSentence({ stoppedReason, stopCode, failure }: Pick<TaskStop, 'stoppedReason' | 'stopCode' | 'failure'>): string {
  return `${(stoppedReason || stopCode).replace(/\.$/, '')}. ${WHO[failure.who]}: ${failure.cure}`;
}
