import type { Complaints } from './complaints.ts';
import { ConfigHash, stringList } from './config-hash.ts';
import { expandText } from './expand-variables.ts';
import { Expression } from './expression/expression.ts';
import { Pattern } from './expression/pattern.ts';
import { fitsAny } from './glob.ts';
import type { Located } from './located-yaml.ts';
import type { RuleFacts } from './select-rule.ts';

/** `only` or `except`: the older way to say when a job runs. */
export interface RefPolicy {
  readonly refs: readonly string[] | undefined;
  readonly variables: readonly Expression[] | undefined;
  readonly changes: readonly string[] | undefined;
  /** `kubernetes: active`, which never is so here. */
  readonly isForKubernetes: boolean;
}

/** What a job has that says nothing: it runs for branches and tags, and not for merge requests. */
export const DEFAULT_ONLY: RefPolicy = { refs: ['branches', 'tags'], variables: undefined, changes: undefined, isForKubernetes: false };

/** A list of refs, or a map. */
export function readRefPolicy(node: Located, place: string, complaints: Complaints): RefPolicy | undefined {
  const list = stringList(node);
  if (list) return { ...DEFAULT_ONLY, refs: checkedRefs(list, node, { place, complaints }) };
  if (node.kind !== 'map') {
    complaints.invalid(node.at, ' has to be either an array of conditions or a hash', place);
    return undefined;
  }
  const hash = new ConfigHash({ ...node, place, complaints });
  hash.allow(['refs', 'kubernetes', 'variables', 'changes']);
  const refs = hash.strings('refs');
  const refsNode = hash.node('refs');
  return {
    refs: refs && refsNode && checkedRefs(refs, refsNode, { place, complaints }),
    variables: hash.strings('variables', { orOne: true })?.flatMap((text) => expression(text, hash)),
    changes: hash.strings('changes'),
    isForKubernetes: hash.word('kubernetes', ['active']) !== undefined,
  };
}

function checkedRefs(
  refs: readonly string[],
  node: Located,
  { place, complaints }: { readonly place: string; readonly complaints: Complaints },
): readonly string[] {
  if (refs.some((ref) => ref.startsWith('/') && !refPattern(ref))) {
    complaints.invalid(node.at, ' config should be an array of strings or regular expressions using re2 syntax', place);
  }
  return refs;
}

function expression(text: string, hash: ConfigHash): readonly Expression[] {
  const parsed = Expression.parse(text);
  if (!parsed) hash.wrong('variables', 'invalid expression syntax');
  return parsed ? [parsed] : [];
}

function refPattern(text: string): Pattern | undefined {
  const [, source, flags] = /^\/(.+)\/([ismU]*)$/.exec(text) ?? [];
  return source === undefined ? undefined : Pattern.source(flags ? `(?${flags})${source}` : source);
}

/** Whether all that `only` names is so: one of the refs, one of the conditions, one of the paths. */
export function isWanted(only: RefPolicy, facts: RuleFacts): boolean {
  return conditions(only, facts).every(Boolean);
}

/** Whether anything that `except` names is so. */
export function isExcepted(except: RefPolicy, facts: RuleFacts): boolean {
  return conditions(except, facts).some(Boolean);
}

function conditions({ refs, variables, changes, isForKubernetes }: RefPolicy, facts: RuleFacts): readonly boolean[] {
  return [
    ...(refs ? [refs.some((ref) => isRef(ref, facts))] : []),
    ...(variables ? [variables.some((condition) => condition.isTrue(facts.lookup))] : []),
    ...(changes ? [hasChanged(changes, facts)] : []),
    ...(isForKubernetes ? [false] : []),
  ];
}

function hasChanged(changes: readonly string[], facts: RuleFacts): boolean {
  const paths = facts.changes(undefined);
  return (
    !Array.isArray(paths) ||
    fitsAny(
      changes.map((path) => expandText(path, facts.lookup)),
      paths,
    )
  );
}

/** Words for kinds of pipeline, and the `CI_PIPELINE_SOURCE` that they mean. */
const SOURCES: Readonly<Record<string, string>> = {
  pushes: 'push',
  web: 'web',
  schedules: 'schedule',
  triggers: 'trigger',
  api: 'api',
  pipelines: 'pipeline',
  external: 'external',
  chat: 'chat',
  merge_requests: 'merge_request_event',
  external_pull_requests: 'external_pull_request_event',
};

function isRef(written: string, { lookup }: RuleFacts): boolean {
  const source = lookup('CI_PIPELINE_SOURCE') ?? 'push';
  const isOfMergeRequest = source === 'merge_request_event';
  const [ref = '', project] = written.startsWith('/') ? [written] : written.split('@');
  if (project !== undefined && project !== lookup('CI_PROJECT_PATH')) return false;
  if (ref === 'branches') return lookup('CI_COMMIT_TAG') === undefined && !isOfMergeRequest;
  if (ref === 'tags') return lookup('CI_COMMIT_TAG') !== undefined;
  if (Object.hasOwn(SOURCES, ref)) return SOURCES[ref] === source;
  const name = lookup('CI_COMMIT_REF_NAME') ?? '';
  return !isOfMergeRequest && (ref.startsWith('/') ? refPattern(ref)?.matches(name) === true : ref === name);
}
