import type { Complaints } from './complaints.ts';
import { expandText } from './expand-variables.ts';
import { fitsAny } from './glob.ts';
import type { Rule } from './read-rules.ts';

/** What rules ask about. */
export interface RuleFacts {
  readonly lookup: (name: string) => string | undefined;
  /** See `ReadingContext.changes`. */
  readonly changes: (against: string | undefined) => readonly string[] | 'unknown' | 'no such ref';
  /** Every path of the repository. */
  readonly paths: readonly string[];
}

/** The first rule of which everything is so. */
export function selectRule(rules: readonly Rule[], facts: RuleFacts, complaints: Complaints): Rule | undefined {
  return rules.find((rule) => isSo(rule, facts, complaints));
}

function isSo(rule: Rule, facts: RuleFacts, complaints: Complaints): boolean {
  if (rule.condition && !rule.condition.isTrue(facts.lookup)) return false;
  if (rule.changes && !hasChanges(rule.changes, facts, complaints)) return false;
  return (
    !rule.exists ||
    fitsAny(
      rule.exists.map((path) => expandText(path, facts.lookup).replace(/^\/+/, '')),
      facts.paths,
    )
  );
}

function hasChanges(changes: NonNullable<Rule['changes']>, facts: RuleFacts, complaints: Complaints): boolean {
  const against = changes.compareTo === undefined ? undefined : expandText(changes.compareTo, facts.lookup);
  const paths = facts.changes(against);
  if (paths === 'no such ref') {
    complaints.invalid(changes.at, `rules:changes:compare_to is not a valid ref (${against})`);
    return false;
  }
  if (paths === 'unknown') return true;
  return fitsAny(
    changes.paths.map((path) => expandText(path, facts.lookup)),
    paths,
  );
}
