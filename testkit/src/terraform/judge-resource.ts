import { isFargateSize } from '@fargate-gitlab-runner/blueprint';
import * as z from 'zod';
import type { DynamicObject, DynamicValue } from './dynamic-value.ts';

/** What the real provider or AWS itself refuses in a resource, as far as it concerns us; nothing for a value that is not known yet. */
export function judgeResource(type: string, config: DynamicObject): readonly string[] {
  return (JUDGES[type] ?? []).flatMap(({ attribute, refuse }) => {
    const value = config[attribute] ?? null;
    const fault = isPlain(value) ? refuse(value, config) : undefined;
    return fault === undefined ? [] : [`${attribute}: ${fault}`];
  });
}

type Plain = string | number;

interface Judge {
  readonly attribute: string;
  /** Why the value is refused; undefined when it is not. */
  readonly refuse: (value: Plain, config: DynamicObject) => string | undefined;
}

const CONTAINERS = z.array(
  z.looseObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
    image: z.string().min(1),
    essential: z.boolean().optional(),
    command: z.array(z.string()).optional(),
    environment: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    secrets: z.array(z.strictObject({ name: z.string(), valueFrom: z.string().min(1) })).optional(),
  }),
);
const POLICY = z.looseObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(z.looseObject({ Effect: z.enum(['Allow', 'Deny']) })),
});

/** Sources: Terraform AWS provider, schemas of these resources; the API references of ECS, IAM, S3, KMS and CloudWatch Logs. */
const JUDGES: Readonly<Record<string, readonly Judge[]>> = {
  aws_ecs_task_definition: [
    text('family', /^[A-Za-z0-9_-]{1,255}$/),
    json('container_definitions', CONTAINERS),
    { attribute: 'cpu', refuse: (cpu, { memory }) => fargateFault(cpu, memory ?? null) },
    text('task_role_arn', /^arn:/),
    text('execution_role_arn', /^arn:/),
  ],
  aws_ecs_service: [text('name', /^[A-Za-z0-9_-]{1,255}$/)],
  aws_ecs_cluster: [text('name', /^[A-Za-z0-9_-]{1,255}$/)],
  aws_iam_role: [text('name', /^[\w+=,.@-]{1,64}$/), json('assume_role_policy', POLICY), text('permissions_boundary', /^arn:/)],
  aws_iam_role_policy: [text('name', /^[\w+=,.@-]{1,128}$/), json('policy', POLICY)],
  aws_s3_bucket: [text('bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)],
  aws_s3_bucket_policy: [json('policy', POLICY)],
  aws_kms_key: [json('policy', POLICY)],
  aws_kms_alias: [text('name', /^alias\/[A-Za-z0-9/_-]{1,250}$/)],
  aws_cloudwatch_log_group: [
    text('name', /^[A-Za-z0-9_/.#-]{1,512}$/),
    text('kms_key_id', /^arn:/),
    {
      attribute: 'retention_in_days',
      refuse: (days) => (LOG_RETENTION.includes(Number(days)) ? undefined : `${days} is none of ${LOG_RETENTION.join(', ')}`),
    },
  ],
};

const LOG_RETENTION = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

function isPlain(value: DynamicValue): value is Plain {
  return typeof value === 'string' || typeof value === 'number';
}

function text(attribute: string, pattern: RegExp): Judge {
  return { attribute, refuse: (value) => (pattern.test(String(value)) ? undefined : `${JSON.stringify(value)} does not match ${pattern}`) };
}

function json(attribute: string, shape: z.ZodType): Judge {
  return {
    attribute,
    refuse: (value) => {
      try {
        const { error } = shape.safeParse(JSON.parse(String(value)));
        return error && z.prettifyError(error);
      } catch (error) {
        return `no JSON: ${String(error)}`;
      }
    },
  };
}

function fargateFault(cpu: Plain, memory: DynamicValue): string | undefined {
  if (!isPlain(memory) || isFargateSize(Number(cpu), Number(memory))) return undefined;
  return `Fargate has no size of ${cpu} CPU units and ${memory} MiB`;
}
