import type * as z from 'zod';
import type { Finding, Path } from '../finding.ts';
import { nearestKey } from '../nearest-key.ts';
import { isConfigCode } from '../problem-codes.ts';
import { valueAt } from '../value-at.ts';
import { knownKeys } from './known-keys.ts';

/**
 * What the schema has found, in our words. Where the schema names a row of the problem table as its message, that row speaks;
 * otherwise the kind of the issue decides.
 */
export function findingsOfIssue(issue: z.core.$ZodIssue, document: unknown, under: Path = []): Finding[] {
  const path = [...under, ...issue.path.map(step)];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_key') return [{ ...named(issue.issues[0], path), given: String(path.at(-1)) }];
  const value = valueAt(document, path);
  if (value === undefined) return [{ code: 'FR_CONFIG_MISSING_KEY', path, what: `${String(path.at(-1) ?? 'the document')} is required` }];
  const branch = issue.code === 'invalid_union' ? issue.errors.find(isAboutContent) : undefined;
  if (branch) return branch.flatMap((inner) => findingsOfIssue(inner, document, path));
  return [{ ...named(issue, path), ...details(issue) }];
}

/** A branch of a union that fits the value as such and only objects to something in it. */
function isAboutContent(branch: readonly z.core.$ZodIssue[]): boolean {
  return branch.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys');
}

function named(issue: z.core.$ZodIssue | undefined, path: Path): Finding {
  const message = issue?.message ?? '';
  return { code: isConfigCode(message) ? message : 'FR_CONFIG_WRONG_TYPE', path };
}

/** A row that was named speaks for itself, unless the check that found it knows more. */
function details(issue: z.core.$ZodIssue): Pick<Finding, 'what' | 'allowed'> {
  if (issue.code === 'invalid_value') return { allowed: issue.values.map(String).join(', ') };
  if (issue.code === 'custom') return fromParams(issue.params ?? {});
  if (isConfigCode(issue.message) && issue.message !== 'FR_CONFIG_WRONG_TYPE') return {};
  if (issue.code === 'invalid_union') return { allowed: issue.errors.flat().map(typeWanted).filter(Boolean).join(', or ') };
  return { allowed: typeWanted(issue) };
}

function fromParams({ what, allowed }: Record<string, unknown>): Pick<Finding, 'what' | 'allowed'> {
  return { ...(typeof what === 'string' && { what }), ...(typeof allowed === 'string' && { allowed }) };
}

function typeWanted(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? (NOUNS[issue.expected] ?? issue.expected) : '';
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a string (in quotes, if it looks like a number)',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

function unknownKey(path: Path, key: string): Finding {
  const known = knownKeys(path);
  const nearest = nearestKey(key, known);
  return {
    code: 'FR_CONFIG_UNKNOWN_KEY',
    path: [...path, key],
    given: false,
    what: `the key ${key} is not known`,
    ...(nearest !== undefined && { meant: nearest, cure: `did you mean ${nearest}?` }),
  };
}

function step(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key);
}
