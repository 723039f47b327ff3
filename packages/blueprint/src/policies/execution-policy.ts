import type { AwsPlace } from './aws-place.ts';
import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** What an execution role is limited to: what ECS itself needs to start a task. */
export interface ExecutionPolicyInput {
  readonly place: AwsPlace;
  /** Images of the task; those in ECR need permission to be pulled. */
  readonly images: readonly string[];
  readonly logGroup: string;
  /** The log streams, with a `*` for what is not known before. */
  readonly logStreams: string;
  /** The token secret, for managers only; `kmsKey` is the id or ARN of a key of the customer's. */
  readonly secret?: { readonly arn: string; readonly kmsKey?: string };
}

/** The execution role's permissions: pull from the repositories of the images, write to the streams of one log group, read one secret. */
export function executionPolicy(input: ExecutionPolicyInput): PolicyDocument {
  const repositories = [...new Set(input.images.flatMap((image) => repositoryArnOf(image, input.place.partition)))];
  return policyDocument([
    ...(repositories.length > 0 ? pull(repositories) : []),
    writeLogs(input),
    ...(input.secret ? readSecret(input.secret, input.place) : []),
  ]);
}

/** GetAuthorizationToken knows no resource: AWS forces the `*`. */
function pull(repositories: readonly string[]): PolicyStatement[] {
  return [
    { Sid: 'RegistryLogin', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
    {
      Sid: 'PullImages',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      Resource: repositories,
    },
  ];
}

function writeLogs({ place, logGroup, logStreams }: ExecutionPolicyInput): PolicyStatement {
  const group = `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${logGroup}`;
  return {
    Sid: 'WriteLogs',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [`${group}:log-stream:${logStreams}`],
  };
}

/** The action follows the service of the secret. The key may be used through that service only. */
function readSecret({ arn, kmsKey }: NonNullable<ExecutionPolicyInput['secret']>, place: AwsPlace): PolicyStatement[] {
  const service = arn.split(':')[2] ?? '';
  const action = service === 'ssm' ? 'ssm:GetParameters' : 'secretsmanager:GetSecretValue';
  const read: PolicyStatement = { Sid: 'ReadTokenSecret', Effect: 'Allow', Action: [action], Resource: [wholeSecret(arn)] };
  if (kmsKey === undefined) return [read];
  return [
    read,
    {
      Sid: 'DecryptTokenSecret',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: [kmsKey.startsWith('arn:') ? kmsKey : `arn:${place.partition}:kms:${place.region}:${place.account}:key/${kmsKey}`],
      Condition: { StringEquals: { 'kms:ViaService': `${service}.${place.region}.amazonaws.com` } },
    },
  ];
}

/** Without the JSON key and version that `valueFrom` of a container may add: permissions are for the secret. */
function wholeSecret(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/worker:1`: the repository; nothing for images of other registries. */
const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

function repositoryArnOf(image: string, partition: string): string[] {
  const [, account, region, repository] = ECR_IMAGE.exec(image) ?? [];
  return repository === undefined ? [] : [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`];
}
