import type { Complaints } from './complaints.ts';
import { ConfigHash } from './config-hash.ts';
import type { Located } from './located-yaml.ts';
import type { JobRetry } from './pipeline.ts';

/** Reasons that `retry:when` may name. */
const RETRY_REASONS: readonly string[] = [
  'always',
  'unknown_failure',
  'script_failure',
  'api_failure',
  'stuck_or_timeout_failure',
  'runner_system_failure',
  'runner_unsupported',
  'stale_schedule',
  'job_execution_timeout',
  'archived_failure',
  'unmet_prerequisites',
  'scheduler_failure',
  'data_integrity_failure',
];

const MAX = { min: 0, max: 2 };

/** No second try. */
export const NO_RETRY: JobRetry = { max: 0, when: ['always'], exitCodes: [] };

/** `retry`: a number, or a map with more. */
export function readRetry(parent: ConfigHash): JobRetry | undefined {
  const node = parent.node('retry');
  if (!node) return undefined;
  if (node.kind !== 'map') {
    const max = parent.count('retry', MAX);
    return max === undefined ? undefined : { ...NO_RETRY, max };
  }
  const hash = new ConfigHash({ ...node, place: `${parent.place}:retry`, complaints: parent.complaints });
  hash.allow(['max', 'when', 'exit_codes']);
  const exitCodes = readExitCodes(hash.node('exit_codes'), `${hash.place}:exit_codes`, parent.complaints);
  const reasons = hash.strings('when', { orOne: true });
  const unknown = reasons?.filter((reason) => !RETRY_REASONS.includes(reason)) ?? [];
  if (unknown.length > 0) hash.wrong('when', `contains unknown values: ${unknown.join(', ')}`);
  return { max: hash.count('max', MAX) ?? 0, when: reasons ?? (exitCodes ? [] : ['always']), exitCodes: exitCodes ?? [] };
}

/** `exit_codes`: a number or a list of numbers. */
export function readExitCodes(node: Located | undefined, place: string, complaints: Complaints): readonly number[] | undefined {
  if (!node) return undefined;
  const items = node.kind === 'list' ? node.items : [node];
  const codes = items.map((item) => (item.kind === 'scalar' && typeof item.value === 'bigint' ? Number(item.value) : undefined));
  if (codes.every((code) => code !== undefined)) return codes;
  complaints.invalid(node.at, ' config should be an array of integers or an integer', place);
  return [];
}
