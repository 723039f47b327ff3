import { type DynamicObject, type DynamicValue, isUnknown } from './dynamic-value.ts';
import type { AttributeType } from './provider-schema.ts';

/** Where the stub's resources are. */
const STUB_PLACE = { partition: 'aws', region: 'eu-west-1', account: '111122223333' } as const;

/** One attribute that AWS would set, of a resource whose other attributes are known. */
export interface Gap {
  readonly type: string;
  readonly known: DynamicObject;
  readonly name: string;
  readonly attributeType: AttributeType;
}

type Making = (text: (name: string) => string) => string;

const { partition, region, account } = STUB_PLACE;
const arn = (service: string, place: string, resource: string) => `arn:${partition}:${service}:${place}:${account}:${resource}`;

/** Attributes that others refer to, in the shape that AWS gives them; `text` reads a known attribute. */
const MADE_UP: Readonly<Record<string, Making>> = {
  'aws_caller_identity.account_id': () => account,
  'aws_partition.partition': () => partition,
  'aws_partition.dns_suffix': () => 'amazonaws.com',
  'aws_region.region': () => region,
  'aws_region.name': () => region,
  'aws_iam_role.arn': (text) => arn('iam', '', `role/${text('name')}`),
  'aws_iam_role.id': (text) => text('name'),
  'aws_ecs_cluster.arn': (text) => arn('ecs', region, `cluster/${text('name')}`),
  'aws_ecs_cluster.id': (text) => arn('ecs', region, `cluster/${text('name')}`),
  'aws_ecs_task_definition.arn': (text) => arn('ecs', region, `task-definition/${text('family')}:1`),
  'aws_ecs_task_definition.arn_without_revision': (text) => arn('ecs', region, `task-definition/${text('family')}`),
  'aws_ecs_task_definition.id': (text) => text('family'),
  'aws_ecs_service.id': (text) => arn('ecs', region, `service/${text('name')}`),
  'aws_cloudwatch_log_group.arn': (text) => arn('logs', region, `log-group:${text('name')}`),
  'aws_cloudwatch_log_group.id': (text) => text('name'),
  'aws_s3_bucket.arn': (text) => `arn:${partition}:s3:::${bucketName(text)}`,
  'aws_s3_bucket.id': bucketName,
  'aws_s3_bucket.bucket': bucketName,
  'aws_kms_key.arn': (text) => arn('kms', region, `key/${keyId(text('description'))}`),
  'aws_kms_key.key_id': (text) => keyId(text('description')),
  'aws_kms_key.id': (text) => keyId(text('description')),
};

/** A value for an attribute that AWS sets: the same every time, in the right shape where somebody looks at it. */
export function madeUpValue(gap: Gap): DynamicValue {
  const making = MADE_UP[`${gap.type}.${gap.name}`];
  return making === undefined ? placeholder(gap) : making((name) => knownText(gap.known, name));
}

/** AWS adds a time and a number to a prefix. */
function bucketName(text: (name: string) => string): string {
  return text('bucket') === 'unknown' ? `${text('bucket_prefix')}20260101000000000000000001` : text('bucket');
}

function knownText(known: DynamicObject, name: string): string {
  const value = known[name];
  return typeof value === 'string' && !isUnknown(value) ? value : 'unknown';
}

function placeholder({ type, name, attributeType }: Gap): DynamicValue {
  const kind = typeof attributeType === 'string' ? attributeType : attributeType[0];
  switch (kind) {
    case 'number':
      return 1;
    case 'bool':
      return false;
    case 'map':
      return {};
    case 'object':
      return null;
    case 'list':
    case 'set':
      return [];
    default:
      return `stub-${type}-${name}`;
  }
}

/** A key id that follows from what the key is for. */
function keyId(description: string): string {
  return `stub-${description.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase()}`;
}
