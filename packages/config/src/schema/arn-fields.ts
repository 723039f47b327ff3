import * as z from 'zod';
import type { ConfigCode } from '../problem-codes.ts';
import { type AwsArn, parseArn } from './aws-arn.ts';

interface ArnKind {
  readonly code: ConfigCode;
  readonly service: string;
  readonly resource: RegExp;
  readonly isRegional: boolean;
  /** The name of a thing of this kind in a sentence. */
  readonly noun: string;
}

/** The ARN of an ECS cluster. A bare name won't do: the ARN says which region and account are meant. */
export function clusterArn() {
  return arnField({
    code: 'FR_CONFIG_CLUSTER_ARN',
    service: 'ecs',
    resource: /^cluster\/[\w-]{1,255}$/,
    isRegional: true,
    noun: 'a cluster',
  });
}

/** The ARN of an IAM role. */
export function roleArn() {
  return arnField({
    code: 'FR_CONFIG_ROLE_ARN',
    service: 'iam',
    resource: /^role\/[\w+=,.@/-]{1,576}$/,
    isRegional: false,
    noun: 'a role',
  });
}

/** The ARN of the token secret, in either of the two services; in Secrets Manager with a JSON key and version or without. */
export function tokenSecretArn() {
  const kinds = {
    ssm: secretKind('ssm', /^parameter\/[\w.-]+(\/[\w.-]+)*$/, 'a parameter'),
    secretsmanager: secretKind(
      'secretsmanager',
      /^secret:[\w/+=.@-]+-[A-Za-z0-9]{6}(:[^:]*:[^:]*:[^:]*)?$/,
      'a secret with its 6 last characters',
    ),
  };
  return z.string().check((context) => (context.value.split(':')[2] === 'ssm' ? kinds.ssm : kinds.secretsmanager)(context));
}

function secretKind(service: string, resource: RegExp, noun: string) {
  return arnCheck({ code: 'FR_CONFIG_SECRET_ARN', service, resource, isRegional: true, noun });
}

/** The KMS key of that secret: its ARN, or its id. No alias: permissions are for keys. */
export function kmsKeyOfSecret() {
  const arn = arnCheck({ ...KMS_KEY, code: 'FR_CONFIG_SECRET_KEY' });
  return z.string().check((context) => {
    if (!/^(mrk-)?[0-9a-f-]{32,36}$/.test(context.value)) arn(context);
  });
}

/** The ARN of a KMS key: of the logs, of the cache. */
export function kmsKeyArn() {
  return arnField({ ...KMS_KEY, code: 'FR_CONFIG_LOG_KEY' });
}

const KMS_KEY = { service: 'kms', resource: /^key\/[\w-]+$/, isRegional: true, noun: 'a KMS key' };

/** The ARN of a permissions boundary: a policy of the account, or of AWS itself. */
export function boundaryArn() {
  const arn = arnCheck({
    code: 'FR_CONFIG_POLICY_ARN',
    service: 'iam',
    resource: /^policy\/[\w+=,.@/-]{1,576}$/,
    isRegional: false,
    noun: 'a policy',
  });
  return z.string().check((context) => {
    if (!/^arn:aws[a-z-]*:iam::aws:policy\/[\w+=,.@/-]+$/.test(context.value)) arn(context);
  });
}

/** A task definition: its ARN, or its family, each with a revision or without. */
export function taskDefinition() {
  const arn = arnCheck({
    code: 'FR_CONFIG_TASK_DEFINITION',
    service: 'ecs',
    resource: /^task-definition\/[\w-]{1,255}(:[1-9]\d*)?$/,
    isRegional: true,
    noun: 'a task definition',
  });
  return z.string().check((context) => {
    if (!/^[\w-]{1,255}(:[1-9]\d*)?$/.test(context.value)) arn(context);
  });
}

function arnField(kind: ArnKind) {
  return z.string().check(arnCheck(kind));
}

function arnCheck(kind: ArnKind) {
  return (context: z.core.ParsePayload<string>) => {
    const fault = faultOf(parseArn(context.value), kind);
    if (fault === undefined) return;
    const what = context.value.startsWith('arn:') ? { what: `this is not the ARN of ${kind.noun}: ${fault}` } : {};
    context.issues.push({ code: 'custom', input: context.value, message: kind.code, params: what, continue: true });
  };
}

function faultOf(arn: AwsArn | { readonly fault: string }, kind: ArnKind): string | undefined {
  if ('fault' in arn) return arn.fault;
  if (arn.service !== kind.service) return `it belongs to the service ${arn.service}`;
  if (kind.isRegional && arn.region === '') return 'it has no region';
  if (!kind.isRegional && arn.region !== '') return 'it has a region';
  return kind.resource.test(arn.resource) ? undefined : `${arn.resource} does not name ${kind.noun}`;
}
