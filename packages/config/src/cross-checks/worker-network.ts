import type { Finding } from '../finding.ts';
import { idsOf } from '../ids-of.ts';
import type { CrossCheck, Subject } from './cross-check.ts';
import type { DraftRunner } from '../schema/document-schema.ts';

/** Most that RunTask takes. Source: ECS API, AwsVpcConfiguration. */
const MOST_SUBNETS = 16;
const MOST_SECURITY_GROUPS = 5;

/** The single id and the list of ids add up to at least one, and to no more than RunTask takes. */
export const checkWorkerNetworks: CrossCheck = (subject) =>
  subject.runners.flatMap((runner) => [
    ...countOf(subject, runner, { one: 'worker_subnet_id', many: 'worker_subnet_ids', most: MOST_SUBNETS, code: 'FR_CONFIG_SUBNET_ID' }),
    ...countOf(subject, runner, {
      one: 'worker_security_group_id',
      many: 'worker_security_group_ids',
      most: MOST_SECURITY_GROUPS,
      code: 'FR_CONFIG_SECURITY_GROUP_ID',
    }),
  ]);

interface Ids {
  readonly one: 'worker_subnet_id' | 'worker_security_group_id';
  readonly many: 'worker_subnet_ids' | 'worker_security_group_ids';
  readonly most: number;
  readonly code: Finding['code'];
}

function countOf({ isFaulty }: Subject, runner: DraftRunner, ids: Ids): Finding[] {
  if ([ids.one, ids.many].some((key) => isFaulty([...runner.path, key]))) return [];
  const count = idsOf(runner.values[ids.one], runner.values[ids.many]).length;
  if (count === 0)
    return [{ code: 'FR_CONFIG_MISSING_KEY', path: [...runner.path, ids.one], what: `${ids.one} or ${ids.many} is required` }];
  if (count <= ids.most) return [];
  return [
    { code: ids.code, path: [...runner.path, ids.many], given: `${count} ids`, what: 'these are too many', allowed: `at most ${ids.most}` },
  ];
}
