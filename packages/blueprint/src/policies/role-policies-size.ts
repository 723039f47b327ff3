import type { PolicyDocument } from './policy-document.ts';

/** What IAM takes of the inline policies of a role, all together, in characters without white space. Source: IAM user guide, "IAM and AWS STS quotas". */
export const LARGEST_ROLE_POLICIES = 10_240;

/** The size of the inline policies of a role, as IAM counts it. */
export function rolePoliciesSize(policies: Readonly<Record<string, PolicyDocument>>): number {
  return Object.values(policies).reduce((size, policy) => size + JSON.stringify(policy).replaceAll(/\s/g, '').length, 0);
}
