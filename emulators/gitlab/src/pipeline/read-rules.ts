import type { Complaints } from './complaints.ts';
import { ConfigHash, stringList, textOf } from './config-hash.ts';
import { Expression } from './expression/expression.ts';
import type { Located, Place } from './located-yaml.ts';
import type { PipelineVariable, When } from './pipeline.ts';
import { type NeedReference, readNeeds } from './read-needs.ts';
import { readVariables } from './read-variables.ts';
import { type AutoCancelChoice, readAutoCancel } from './read-auto-cancel.ts';

/** One rule: all that it asks has to be so; then the rest of it applies. */
export interface Rule {
  readonly at: Place;
  readonly condition: Expression | undefined;
  readonly changes: { readonly at: Place; readonly paths: readonly string[]; readonly compareTo: string | undefined } | undefined;
  readonly exists: readonly string[] | undefined;
  readonly when: When | 'never' | undefined;
  readonly startInSeconds: number | undefined;
  readonly allowFailure: boolean | undefined;
  readonly interruptible: boolean | undefined;
  readonly variables: readonly PipelineVariable[];
  readonly needs: readonly NeedReference[] | undefined;
  readonly autoCancel: AutoCancelChoice;
}

interface Reading {
  /** How GitLab calls the place. */
  readonly place: string;
  readonly allowed: keyof typeof ALLOWED;
  readonly complaints: Complaints;
}

const JOB_WHEN = ['on_success', 'on_failure', 'always', 'never', 'manual', 'delayed'] as const;
const ALLOWED = {
  job: {
    keys: ['if', 'changes', 'exists', 'when', 'start_in', 'allow_failure', 'variables', 'needs', 'interruptible'],
    when: JOB_WHEN,
  },
  workflow: { keys: ['if', 'changes', 'exists', 'when', 'variables', 'auto_cancel'], when: ['always', 'never'] },
  include: { keys: ['if', 'changes', 'exists', 'when'], when: ['always', 'never'] },
} as const;
const MAX_DEPTH = 10;
const MAX_PATHS = 50;
const WEEK_SECONDS = 604_800;

/** Rules of a job, of the workflow or of an include; lists within the list are taken as one list. */
export function readRules(node: Located, reading: Reading): readonly Rule[] {
  const items = node.kind === 'list' ? flattened(node, 0) : undefined;
  if (!items) {
    reading.complaints.invalid(node.at, ' should be an array containing hashes and arrays of hashes', reading.place);
    return [];
  }
  return items.flatMap((item) => {
    const hash = ConfigHash.of(item, `${reading.place}:rule`, reading.complaints);
    return hash ? [readRule(hash, reading)] : [];
  });
}

function flattened(node: Located, depth: number): readonly Located[] | undefined {
  if (node.kind !== 'list') return [node];
  if (depth > MAX_DEPTH) return undefined;
  const parts = node.items.map((item) => flattened(item, depth + 1));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function readRule(hash: ConfigHash, { allowed, complaints }: Reading): Rule {
  hash.allow(ALLOWED[allowed].keys);
  if (hash.entries.size === 0) complaints.invalid(hash.at, " config can't be blank", hash.place);
  const variables = hash.node('variables');
  const needs = hash.node('needs');
  const when = readWhen(hash, ALLOWED[allowed].when);
  return {
    at: hash.at,
    condition: readCondition(hash),
    changes: readChanges(hash),
    exists: readExists(hash),
    when,
    startInSeconds: readDelay(hash, when === 'delayed'),
    allowFailure: hash.flag('allow_failure'),
    interruptible: hash.flag('interruptible'),
    variables: variables ? readVariables(variables, `${hash.place}:variables`, complaints) : [],
    needs: needs ? readNeeds(needs, `${hash.place}:needs`, complaints) : undefined,
    autoCancel: readAutoCancel(hash),
  };
}

function readWhen(hash: ConfigHash, words: readonly (When | 'never')[]): When | 'never' | undefined {
  const node = hash.node('when');
  const given = node && (textOf(node) ?? '');
  return given === undefined ? undefined : (words.find((word) => word === given) ?? hash.wrong('when', `unknown value: ${given}`));
}

/** `start_in` of a rule. */
function readDelay(hash: ConfigHash, isDelayed: boolean): number | undefined {
  const entry = hash.entry('start_in');
  if (isDelayed && !hash.has('start_in')) return hash.wrong('start_in', "can't be blank");
  if (isDelayed || !entry) return readStartIn(hash, isDelayed);
  hash.complaints.invalid(entry.at, ' config contains disallowed keys: start_in', hash.place);
  return undefined;
}

/** `start_in`, which has to be there for a delayed job, and nowhere else. */
export function readStartIn(hash: ConfigHash, isDelayed: boolean): number | undefined {
  if (!isDelayed) return hash.has('start_in') ? hash.wrong('start_in', 'must be blank') : undefined;
  if (!hash.has('start_in')) return hash.wrong('start_in', 'should be a duration');
  const seconds = hash.seconds('start_in');
  return seconds !== undefined && seconds > WEEK_SECONDS ? hash.wrong('start_in', 'should not exceed the limit') : seconds;
}

function readCondition(hash: ConfigHash): Expression | undefined {
  const node = hash.node('if');
  if (!node) return undefined;
  const text = textOf(node);
  const expression = text === undefined ? undefined : Expression.parse(text);
  return expression ?? hash.wrong('if', 'invalid expression syntax');
}

function readChanges(hash: ConfigHash): Rule['changes'] {
  const node = hash.node('changes');
  if (!node) return undefined;
  if (node.kind !== 'map') return { at: node.at, paths: limited(node, hash, 'changes'), compareTo: undefined };
  const inner = new ConfigHash({ ...node, place: `${hash.place}:changes`, complaints: hash.complaints });
  inner.allow(['paths', 'compare_to']);
  inner.require(['paths']);
  const paths = inner.node('paths');
  return { at: node.at, paths: paths ? limited(paths, inner, 'paths') : [], compareTo: inner.text('compare_to') };
}

function readExists(hash: ConfigHash): readonly string[] | undefined {
  const node = hash.node('exists');
  if (!node) return undefined;
  if (node.kind !== 'map') return limited(node, hash, 'exists');
  const inner = new ConfigHash({ ...node, place: `${hash.place}:exists`, complaints: hash.complaints });
  inner.allow(['paths', 'project', 'ref']);
  const project = inner.entry('project');
  if (project) hash.complaints.notHere(project.at, `${inner.place}:project`, 'the stand-in has no other projects');
  const paths = inner.node('paths');
  return paths ? limited(paths, inner, 'paths') : [];
}

function limited(node: Located, hash: ConfigHash, key: string): readonly string[] {
  const paths = stringList(node);
  if (!paths) hash.complaints.invalid(node.at, ' config should be an array of strings', `${hash.place}:${key}`);
  else if (paths.length > MAX_PATHS) {
    hash.complaints.invalid(node.at, ` config is too long (maximum is ${MAX_PATHS} characters)`, `${hash.place}:${key}`);
  }
  return paths ?? [];
}
