/** Where a deployment lies. In CDK each may be a token. */
export interface AwsPlace {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}
