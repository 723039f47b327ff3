import type { ConfigHash } from './config-hash.ts';
import type { AutoCancel } from './pipeline.ts';

/** What an `auto_cancel` says; absent: it does not say. */
export type AutoCancelChoice = { readonly [K in keyof AutoCancel]: AutoCancel[K] | undefined };

const NEW_COMMIT = ['conservative', 'interruptible', 'none'] as const;
const JOB_FAILURE = ['none', 'all'] as const;

/** `auto_cancel` of the workflow or of one of its rules. */
export function readAutoCancel(parent: ConfigHash): AutoCancelChoice {
  const hash = parent.hash('auto_cancel');
  hash?.allow(['on_new_commit', 'on_job_failure']);
  return {
    onNewCommit: hash?.word('on_new_commit', NEW_COMMIT, mustBeOneOf(NEW_COMMIT)),
    onJobFailure: hash?.word('on_job_failure', JOB_FAILURE, mustBeOneOf(JOB_FAILURE)),
  };
}

function mustBeOneOf(words: readonly string[]): string {
  return `must be one of: ${words.join(', ')}`;
}
