import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';

/** Where a stack lies, as texts that can be checked and be part of policies: no references. */
export interface WrittenOutPlace {
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** What the names of AWS's hosts end with, such as `amazonaws.com`. */
  readonly domain: string;
}

/**
 * The place of the stack of a construct.
 *
 * @throws Error when the stack's account and region are not written out
 */
export function writtenOutPlace(scope: Construct): WrittenOutPlace {
  const { account, region } = Stack.of(scope);
  if (Token.isUnresolved(account) || Token.isUnresolved(region)) {
    throw new Error(
      `${scope.node.path}: the account and region of the stack must be written out: new Stack(app, id, { env: { account, region } })`,
    );
  }
  const { partition = 'aws', domainSuffix: domain = 'amazonaws.com' } = RegionInfo.get(region);
  return { account, region, partition, domain };
}
