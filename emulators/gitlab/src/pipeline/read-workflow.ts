import type { Complaints } from './complaints.ts';
import { ConfigHash } from './config-hash.ts';
import type { Located } from './located-yaml.ts';
import { type AutoCancelChoice, readAutoCancel } from './read-auto-cancel.ts';
import { type Rule, readRules } from './read-rules.ts';

/** `workflow`: whether there is a pipeline at all, and what it is called. */
export interface Workflow {
  /** Undefined: every pipeline is wanted. */
  readonly rules: readonly Rule[] | undefined;
  readonly name: string | undefined;
  readonly autoCancel: AutoCancelChoice;
}

const NOTHING: Workflow = { rules: undefined, name: undefined, autoCancel: { onNewCommit: undefined, onJobFailure: undefined } };

/** Reads `workflow`. */
export function readWorkflow(node: Located | undefined, complaints: Complaints): Workflow {
  const hash = node && ConfigHash.of(node, 'workflow', complaints);
  if (!hash) return NOTHING;
  hash.allow(['rules', 'name', 'auto_cancel']);
  const rules = hash.node('rules');
  return {
    rules: rules && readRules(rules, { place: 'workflow:rules', allowed: 'workflow', complaints }),
    name: hash.text('name'),
    autoCancel: readAutoCancel(hash),
  };
}
