import { LOG_RETENTION_DAYS } from '@fargate-gitlab-runner/blueprint';

/** One row: whether it stops the start, what is wrong (a sentence), the values allowed and the cure. A finding may say it more exactly. */
export interface ProblemCode {
  readonly level: 'error' | 'warning';
  readonly what: string;
  readonly allowed?: string;
  readonly cure: string;
}

const NAME = 'letters, digits, "-", "_" and ".", at most 64, the first one a letter or a digit';

/**
 * Every problem that a configuration can have. The schema names its rows by code, the cross-checks too, and the reference pages
 * are made from it. A code is a contract: it may be added, never changed.
 */
export const PROBLEM_CODES = {
  // The file as such.
  FR_CONFIG_NOTHING: error('there is no configuration', 'name a file with --config, or set GITLAB_URL and MANAGERS_CONFIGS'),
  FR_CONFIG_FILE_UNREADABLE: error("the file can't be read", 'check the path and who may read it'),
  FR_CONFIG_FILE_KIND: error('the ending of the file name says nothing about its format', 'rename the file', '.yaml, .yml, .json, .toml'),
  FR_CONFIG_SYNTAX: error("the text can't be parsed", 'correct the text at this place'),
  FR_CONFIG_DUPLICATE_KEY: error('this key stands here for the second time', 'keep one of them'),
  FR_CONFIG_EMPTY: error('the configuration is empty', 'write at least gitlab_url, gitlab_runner_name_prefix and managers_configs'),

  // Shapes.
  FR_CONFIG_UNKNOWN_KEY: error('this key is not known', 'remove it, or see docs/reference/configuration.md'),
  FR_CONFIG_MISSING_KEY: error('a required key is missing', 'add it'),
  FR_CONFIG_WRONG_TYPE: error('the value has the wrong type', 'write the value in the allowed form'),
  FR_CONFIG_VALUE: error('the value is not one of those allowed', 'take one of the allowed values'),
  FR_CONFIG_NOT_A_WHOLE_NUMBER: error('this is not a whole number', 'write digits only', 'a whole number, also in quotes'),
  FR_CONFIG_NOT_YES_OR_NO: error('this is neither true nor false', 'write one of the two', 'true, false'),
  FR_CONFIG_OUT_OF_RANGE: error('the number is out of range', 'take a number within the range'),

  // Names and addresses.
  FR_CONFIG_URL: error(
    'this is not a URL that a GitLab can have',
    'copy the address of the GitLab from a browser',
    'http:// or https://, a host, maybe a path; no user, query or fragment',
  ),
  FR_CONFIG_URL_PLAIN: warning('tokens and job logs travel to this address unencrypted', 'use https://'),
  FR_CONFIG_NAME_PREFIX: error('the name prefix has characters that a runner name must not have', 'rename it', NAME),
  FR_CONFIG_DEPLOYMENT: error('this is not a deployment name', 'rename it', '[A-Za-z0-9._-], 1 to 64 characters'),
  FR_CONFIG_RUNNER_NAME: error('this is not a runner name', 'rename the runner', NAME),
  FR_CONFIG_RUNNER_NAME_MISSING: error('a runner in a list has no name', 'add manager_name', NAME),
  FR_CONFIG_RUNNER_NAME_TWICE: error('two runners have the same name', 'rename one of them'),
  FR_CONFIG_RUNNER_NAME_DIFFERS: error('manager_name differs from the key of the entry', 'leave manager_name out, or make the two equal'),
  FR_CONFIG_NO_RUNNERS: error('managers_configs has no entry', 'add at least one runner'),
  FR_CONFIG_TAG: error('this is not a tag', 'write one list item for each tag', '1 to 255 characters without white space and commas'),
  FR_CONFIG_TAGS_DIFFER: error('tags and tag_list name different tags', 'keep one of the two'),
  FR_CONFIG_NO_TAGS: warning(
    'the runner has no tags and takes no untagged jobs, so no job can match it',
    'add tags, or set run_untagged: true',
  ),
  FR_CONFIG_SAME_TAGS: warning(
    'two runners have the same tags, so which of them takes a job is left to chance',
    'give each runner a tag of its own',
  ),
  FR_CONFIG_LIMIT_ABOVE_CONCURRENCY: warning(
    "the runner's limit is above the manager's concurrency and is never reached",
    'raise gitlab_runner_concurrency, or lower the limit',
  ),
  FR_CONFIG_ENVIRONMENT_NAME: error(
    'this is not the name of an environment variable',
    'rename it',
    'letters, digits and "_", the first one not a digit',
  ),

  // Workers.
  FR_CONFIG_CLUSTER_ARN: error(
    'this is not the ARN of an ECS cluster',
    'copy the ARN from the ECS console',
    'arn:aws:ecs:<region>:<account, 12 digits>:cluster/<name>',
  ),
  FR_CONFIG_ROLE_ARN: error(
    'this is not the ARN of an IAM role',
    'copy the ARN from the IAM console',
    'arn:aws:iam::<account, 12 digits>:role/<name>',
  ),
  FR_CONFIG_TASK_DEFINITION: error(
    'this is neither the ARN nor the family of a task definition',
    'copy the ARN from the ECS console',
    'arn:aws:ecs:<region>:<account>:task-definition/<family>, with :<revision> or without, or a family',
  ),
  FR_CONFIG_REGION: error('this is not an AWS region', 'write the code of the region', 'such as eu-west-1'),
  FR_CONFIG_REGION_DIFFERS: error(
    'the worker region is not the region of the worker cluster',
    'make the two equal, or leave worker_aws_region out',
  ),
  FR_CONFIG_TASK_DEFINITION_ELSEWHERE: error(
    'the task definition lies in another region or account than the worker cluster',
    'name a task definition beside the cluster',
  ),
  FR_CONFIG_SUBNET_ID: error('this is not a subnet id', 'copy the id from the VPC console', 'subnet- and 8 or 17 hexadecimal digits'),
  FR_CONFIG_SECURITY_GROUP_ID: error(
    'this is not a security group id',
    'copy the id from the VPC console',
    'sg- and 8 or 17 hexadecimal digits',
  ),
  FR_CONFIG_SIZE: error('Fargate has no such size of task', 'take an allowed pair of worker_cpu and worker_memory'),
  FR_CONFIG_SIZE_HALF: error(
    'worker_cpu and worker_memory are given one without the other',
    'give both, or neither to keep those of the task definition',
  ),
  FR_CONFIG_IMAGE: error('this is not the name of an image', 'write it as for docker pull', '<registry>/<name>:<tag>, without white space'),
  FR_CONFIG_SSH_USER: error(
    'this is not a user name',
    'write the user that the worker image lets in',
    'letters, digits, "-", "_" and ".", at most 32',
  ),
  FR_CONFIG_BUILDS_DIR: error(
    'this is not a folder for builds',
    'write an absolute path, or one below the home of the SSH user',
    'a path without "..", "~" and control characters',
  ),
  FR_CONFIG_CAPACITY: error(
    'ECS refuses this choice of capacity',
    'correct worker_capacity',
    'FARGATE and FARGATE_SPOT, each at most once; one weight above 0; at most one base',
  ),

  // The infrastructure.
  FR_CONFIG_NAME_PART: error(
    'this can not be part of a name',
    'rename it',
    'letters, digits, "-" and "_", at most 32, the first one a letter or a digit',
  ),
  FR_CONFIG_NAMES_TOO_LONG: error(
    'the names of the IAM roles would be longer than the 64 characters that IAM takes',
    'shorten project_code, environment or service_name',
    'at most 37 characters in <project_code>-<environment>-<service_name>',
  ),
  FR_CONFIG_TOO_MANY_RUNNERS: error(
    'the policies of an IAM role would be longer than IAM takes',
    'spread the runners over several deployments, each with a service_name of its own; shorter names of runners, and fewer different clusters, images and task roles, help too',
    'about 45 runners with a task role each, or 65 with one in common; fewer where names are long',
  ),
  FR_CONFIG_SECRET_ARN: error(
    'this is not the ARN of a secret or parameter',
    'copy the whole ARN from the console of Secrets Manager or Parameter Store',
    'arn:aws:secretsmanager:<region>:<account, 12 digits>:secret:<name>-<6 characters>, or arn:aws:ssm:<region>:<account>:parameter/<name>',
  ),
  FR_CONFIG_JOB_SECRET_ARN: error(
    'this does not name secrets that jobs may have',
    'copy the ARN from the console; name at least the beginning of the secret, and region and account in full',
    'arn:aws:secretsmanager:<region>:<account, 12 digits>:secret:<name>-<6 characters>, or arn:aws:ssm:<region>:<account>:parameter/<name>; * and ? in the name, not as its first character',
  ),
  FR_CONFIG_JOB_SECRET_TOKEN: error(
    "a pattern lets jobs read the secret with the runners' tokens",
    'name the secrets of jobs more exactly, or keep the tokens under another name',
  ),
  FR_CONFIG_SECRET_KEY: error(
    'this is not a KMS key that a permission can name',
    'copy the ARN of the key; for the key that the service has by itself, leave it out',
    'arn:aws:kms:<region>:<account>:key/<id>, or a key id; no alias',
  ),
  FR_CONFIG_LOG_KEY: error('this is not the ARN of a KMS key', 'copy the ARN of the key', 'arn:aws:kms:<region>:<account>:key/<id>'),
  FR_CONFIG_POLICY_ARN: error(
    'this is not the ARN of an IAM policy',
    'copy the ARN from the IAM console',
    'arn:aws:iam::<account, 12 digits, or aws>:policy/<name>',
  ),
  FR_CONFIG_LOG_RETENTION: error(
    'CloudWatch Logs keeps logs for no such time',
    'take one of the allowed numbers of days',
    LOG_RETENTION_DAYS.join(', '),
  ),
  FR_CONFIG_ELSEWHERE: error('this lies in another region than the service', 'name one in aws_region, or correct aws_region'),
  FR_CONFIG_NO_TASK_ROLE: warning(
    'the runner has no task role, so that its jobs have no permissions on AWS',
    'set worker_task_role_arn; a role without permissions says the same on purpose',
    'arn:aws:iam::<account, 12 digits>:role/<name>',
  ),
  FR_CONFIG_DEFINITION_MADE: error(
    'a deployment makes the task definition of every runner and fills its ARN in itself',
    'leave worker_task_definition_arn out',
  ),

  // Tokens.
  FR_CONFIG_TOKEN_SOURCES: error(
    'the tokens come from more than one place',
    'keep one of gitlab_token, gitlab_token_file and gitlab_token_env',
  ),
  FR_CONFIG_TOKEN_FILE: error("the token file can't be read", 'check the path and who may read it'),
  FR_CONFIG_TOKEN_ENV: error('the environment variable for the tokens is not set', 'set it, or correct gitlab_token_env'),
  FR_CONFIG_TOKEN_SECRET: error(
    "the token secret can't be read",
    'correct the secret',
    'a token alone, or a JSON object {"<runner>": "glrt-..."}',
  ),
  FR_CONFIG_TOKEN_MISSING: error(
    'the runner has no token',
    'create a runner in GitLab and put its token under the name of this runner',
    'glrt-...',
  ),
  FR_CONFIG_TOKEN_UNKNOWN_RUNNER: warning(
    'there is a token for a runner that managers_configs does not have; nothing uses it',
    'correct the name, or remove the token; while a runner comes or goes it may stay',
  ),
  FR_CONFIG_TOKEN_SHARED: error(
    'two runners have the same token',
    'create one runner in GitLab for each entry; GitLab knows one set of tags for each token',
    '{"<runner>": "glrt-..."}, each token once',
  ),
  FR_CONFIG_TOKEN_SHAPE: error(
    'the token has characters that no token has',
    'copy the token again',
    'glrt- and letters, digits, "-", "_", "=", "."',
  ),
  FR_CONFIG_REGISTRATION_TOKEN: warning(
    'this is no token of a runner that was made in GitLab (glrt-), but one of the old way, which newer GitLabs refuse',
    'create a runner in GitLab (Settings, CI/CD, Runners) and use the token it shows',
    'glrt-...',
  ),
  FR_CONFIG_REGISTRATION: error(
    'this is not a text that a runner can be registered with',
    'shorten it, and leave control characters out',
    'one line; description 255 characters, maintenance_note 1024',
  ),
  FR_CONFIG_REGISTRATION_UNUSED: warning(
    'the runner was made in GitLab, where these settings are: what stands under registration has no effect',
    'change the settings in GitLab, and remove registration',
  ),

  // The manager.
  FR_CONFIG_PATH: error('this is not a path', 'write a path without control characters'),
  FR_CONFIG_STORE_ON_ECS: error(
    'a directory on ECS is lost with the task, and with it every job record',
    'keep the records in S3: set store.kind to s3, store.bucket and store.region',
  ),
  FR_CONFIG_STORE_KEY: error('this key belongs to another kind of store', 'take it out, or change store.kind'),
  FR_CONFIG_BUCKET: error(
    'this is not the name of a bucket',
    'write the name alone, without s3:// and without an ARN',
    '3 to 63 of a-z, 0-9, "." and "-", a letter or digit at both ends',
  ),
  FR_CONFIG_STORE_PREFIX: error(
    'keys can not begin like this',
    'write it without a slash at its beginning',
    "names of letters, digits and !_.*'()-, with single slashes between them",
  ),
  FR_CONFIG_KMS_KEY: error(
    'this is not a KMS key',
    'copy the ARN of the key',
    'arn:aws:kms:<region>:<account>:key/<id>, a key id, or alias/<name>',
  ),
  FR_CONFIG_CA_FILE: warning(
    "the file of CA certificates can't be read",
    'check the path; without it a GitLab behind a private CA is not trusted',
  ),
  FR_CONFIG_CA_CONTENT: error(
    'the file of CA certificates holds no certificate',
    'put PEM certificates into it',
    '-----BEGIN CERTIFICATE-----',
  ),
  FR_CONFIG_CLIENT_CERT_PAIR: error('client_cert_file and client_key_file are given one without the other', 'give both, or neither'),
  FR_CONFIG_CLIENT_CERT_FILE: warning(
    "a file of the client certificate can't be read",
    'check the path; without it a GitLab that asks for a client certificate refuses the manager',
  ),
  FR_CONFIG_LABEL: error(
    'this is not a label',
    'rename it, or leave some out',
    'at most 32; names of 3 to 65 letters, digits, ".", "_" and "-"; values of 1 to 256 of the same',
  ),
  FR_CONFIG_ENDPOINT: error(
    'this is not an endpoint',
    'leave ecs.endpoint out to use AWS itself',
    'https://<host>, or http:// on a loopback address',
  ),
  FR_CONFIG_CACHE_IN_STORE: error(
    'the cache lies in the bucket of the job store, whose records hold secrets',
    'give the cache a bucket of its own',
    'another bucket than store.bucket',
  ),
  FR_CONFIG_LOCAL_CREDENTIALS: error(
    'local credentials need an endpoint on a loopback address',
    'set ecs.endpoint to the emulator, or leave ecs.credentials out',
  ),
  FR_CONFIG_OWNER_STALE: error(
    'an owner would be called stale while it is alive',
    'raise timing.owner_stale_ms, or lower timing.heartbeat_ms',
    'timing.owner_stale_ms at least 3 times timing.heartbeat_ms',
  ),
  FR_CONFIG_ORPHAN_TIMEOUT: error(
    'workers would end themselves before another manager can take them over',
    'raise timing.worker_orphan_timeout_s',
    'at least 2 times timing.owner_stale_ms',
  ),
  FR_CONFIG_PLACEHOLDER: warning('this still looks like a placeholder', 'put the real value in its place'),
} as const satisfies Record<`FR_CONFIG_${string}`, ProblemCode>;

/** The code of one row. */
export type ConfigCode = keyof typeof PROBLEM_CODES;

/** Whether `text` is the code of a row: how messages of the schema are told from those of zod. */
export function isConfigCode(text: string): text is ConfigCode {
  return Object.hasOwn(PROBLEM_CODES, text);
}

function error(what: string, cure: string, allowed?: string): ProblemCode {
  return { level: 'error', what, cure, ...(allowed !== undefined && { allowed }) };
}

function warning(what: string, cure: string, allowed?: string): ProblemCode {
  return { ...error(what, cure, allowed), level: 'warning' };
}
