import { FAILURE_REASONS } from '../coordinator/failure-reason.ts';
import { ConfigHash, textOf } from './config-hash.ts';
import type { JobRetry } from './pipeline.ts';

/** Reasons that `retry:when` may name: all that a job can fail for. */
const RETRY_REASONS: readonly string[] = ['always', ...FAILURE_REASONS];

const MAX = { min: 0, max: 2 };

/** No second try. */
export const NO_RETRY: JobRetry = { max: 0, when: ['always'], exitCodes: [] };

/** `retry`: a number, or a map with more. GitLab's complaints of it begin with `retry`, whatever the job. */
export function readRetry(parent: ConfigHash): JobRetry | undefined {
  const node = parent.node('retry');
  if (!node) return undefined;
  if (node.kind === 'map') return readFull(new ConfigHash({ ...node, place: 'retry', complaints: parent.complaints }));
  if (node.kind !== 'scalar' || typeof node.value !== 'bigint') {
    parent.complaints.invalid(node.at, ' has to be either an integer or a hash', 'retry config');
    return undefined;
  }
  const entries = new Map([['config', { at: node.at, value: node }]]);
  const max = new ConfigHash({ at: node.at, entries, place: 'retry', complaints: parent.complaints }).count('config', MAX);
  return max === undefined ? undefined : { ...NO_RETRY, max };
}

function readFull(hash: ConfigHash): JobRetry {
  hash.allow(['max', 'when', 'exit_codes']);
  const exitCodes = readExitCodes(hash);
  const when = hash.node('when');
  const reasons = hash.strings('when', { orOne: true });
  const unknown = reasons?.filter((reason) => !RETRY_REASONS.includes(reason)) ?? [];
  const isOne = when !== undefined && textOf(when) !== undefined;
  if (unknown.length > 0) hash.wrong('when', isOne ? 'is not included in the list' : `contains unknown values: ${unknown.join(', ')}`);
  return { max: hash.count('max', MAX) ?? 0, when: reasons ?? (exitCodes ? [] : ['always']), exitCodes: exitCodes ?? [] };
}

/** `exit_codes` of `retry` or `allow_failure`: a number or a list of numbers. */
export function readExitCodes(hash: ConfigHash): readonly number[] | undefined {
  const node = hash.node('exit_codes');
  if (!node) return undefined;
  const items = node.kind === 'list' ? node.items : [node];
  const codes = items.map((item) => (item.kind === 'scalar' && typeof item.value === 'bigint' ? Number(item.value) : undefined));
  if (codes.every((code) => code !== undefined)) return codes;
  hash.wrong('exit_codes', 'should be an array of integers or an integer');
  return [];
}
