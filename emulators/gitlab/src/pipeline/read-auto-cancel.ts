import type { ConfigHash } from './config-hash.ts';
import type { AutoCancel } from './pipeline.ts';

/** What an `auto_cancel` says; absent: it does not say. */
export type AutoCancelChoice = { readonly [K in keyof AutoCancel]: AutoCancel[K] | undefined };

/** `auto_cancel` of the workflow or of one of its rules. */
export function readAutoCancel(parent: ConfigHash): AutoCancelChoice {
  const hash = parent.hash('auto_cancel');
  hash?.allow(['on_new_commit', 'on_job_failure']);
  return {
    onNewCommit: hash?.word('on_new_commit', ['conservative', 'interruptible', 'none']),
    onJobFailure: hash?.word('on_job_failure', ['none', 'all']),
  };
}
