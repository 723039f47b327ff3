/** The parts of an Amazon Resource Name. */
export interface AwsArn {
  readonly partition: string;
  readonly service: string;
  /** Empty for services without regions, such as IAM. */
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly resource: string;
}

/** AWS region codes: `eu-west-1`, `us-gov-east-1`, `ap-southeast-3`. */
export const AWS_REGION = /^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/;

/** A text as an ARN, or what keeps it from being one. Source: AWS IAM user guide, "Amazon Resource Names". */
export function parseArn(text: string): AwsArn | { readonly fault: string } {
  const [scheme, partition = '', service = '', region = '', account = '', ...rest] = text.split(':');
  if (scheme !== 'arn' || rest.length === 0) return { fault: 'an ARN has six parts, separated by colons, and begins with arn' };
  if (!/^aws(-[a-z]+)*$/.test(partition)) return { fault: `${shown(partition)} is not a partition of AWS` };
  if (AWS_REGION.test(account)) return { fault: `a region (${account}) stands where the account belongs` };
  if (/^\d{12}$/.test(region)) return { fault: `an account (${region}) stands where the region belongs` };
  if (!/^\d{12}$/.test(account)) return { fault: `${shown(account)} is not an account: that has 12 digits` };
  if (region !== '' && !AWS_REGION.test(region)) return { fault: `${shown(region)} is not a region` };
  return { partition, service, region, account, resource: rest.join(':') };
}

function shown(part: string): string {
  return part === '' ? 'nothing' : part;
}
