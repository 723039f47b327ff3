import type { PlacementFailure } from '../fleet/fleet.ts';

const WHO = {
  user: 'You can mend this in the job',
  operator: 'For the operator of the runner',
  AWS: 'This is for AWS to mend',
} as const satisfies Readonly<Record<PlacementFailure['who'], string>>;

/** A failure as the job log says it: what happened, its code, who can do something about it, and what. */
export function failureSentence({ cause, code, who, cure }: Pick<PlacementFailure, 'cause' | 'code' | 'who' | 'cure'>): string {
  return `${cause} (${code}). ${WHO[who]}: ${cure}`;
}
