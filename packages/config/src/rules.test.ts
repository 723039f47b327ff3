import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@fargate-gitlab-runner/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import { type LoadOptions, type LoadResult, load } from './load.ts';
import { PROBLEM_CODES } from './problem-codes.ts';

/** Every rule once broken: a document that is fine, changed in one place, gives exactly this problem at exactly this place. */
const folder = mkdtempSync(join(tmpdir(), 'config-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const worker = {
  tags: ['dev'],
  worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  worker_subnet_id: 'subnet-0a1b2c3d4e5f60718',
  worker_security_group_id: 'sg-0a1b2c3d4e5f60718',
};
const document = {
  gitlab_url: 'https://gitlab.example.com',
  gitlab_runner_name_prefix: 'ci',
  gitlab_token: 'glrt-0123456789',
  managers_configs: { dev: worker },
};

const deployed = {
  ...document,
  aws_region: 'eu-west-1',
  project_code: 'shop',
  environment: 'dev',
  service_name: 'runner',
  manager_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/managers',
  manager_security_group_ids: ['sg-0a1b2c3d4e5f60718'],
  manager_subnet_ids: ['subnet-0a1b2c3d4e5f60718'],
  manager_docker_image: 'manager:1',
  gitlab_token_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab-AbCdEf',
};
const deployedWorker = {
  ...worker,
  worker_docker_image: 'worker:1',
  worker_cpu: 256,
  worker_memory: 512,
  worker_task_role_arn: 'arn:aws:iam::111122223333:role/jobs',
};

type Data = Record<string, unknown>;
let files = 0;

function file(content: string, ending = 'yaml'): string {
  const path = join(folder, `case-${files++}.${ending}`);
  writeFileSync(path, content);
  return path;
}

function judged(value: unknown, options: LoadOptions = {}): LoadResult {
  return load({ file: file(JSON.stringify(value), 'json'), env: {}, ...options });
}

const whole = (changes: Data, options?: LoadOptions) => () => judged({ ...document, ...changes }, options);
const runner = (changes: Data) => whole({ managers_configs: { dev: { ...worker, ...changes } } });
const s3 = (changes: Data) => whole({ store: { kind: 's3', bucket: 'jobs', region: 'eu-west-1', ...changes } });
const runners = (managers_configs: unknown) => whole({ managers_configs, gitlab_token: undefined }, { tokens: 'not needed' });
const text = (content: string, ending?: string) => () => load({ file: file(content, ending), env: {} });
const two = { a: { ...worker, tags: ['a'] }, b: { ...worker, tags: ['b'] } };
const named = (name: string) => ({ ...worker, manager_name: name, tags: [name] });
const subnets = (count: number) => Array.from({ length: count }, (_, at) => `subnet-${(at + 1).toString(16).padStart(8, '0')}`);

const deploying = (changes: Data, entry: Data = {}) =>
  whole({ ...deployed, managers_configs: { dev: { ...deployedWorker, ...entry } }, ...changes });
const secret = (resource: string, place = 'eu-west-1:111122223333') =>
  deploying({ gitlab_token_secret_arn: `arn:aws:secretsmanager:${place}:${resource}` });

const jobSecret = (resource: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:${resource}`;

const cases: readonly (readonly [code: keyof typeof PROBLEM_CODES, where: string, what: string, run: () => LoadResult])[] = [
  ['FR_CONFIG_NAME_PART', 'project_code', 'a name with a space', deploying({ project_code: 'my shop' })],
  [
    'FR_CONFIG_TOO_MANY_RUNNERS',
    'managers_configs',
    'more runners than the policies of a role have room for',
    whole(
      {
        ...deployed,
        gitlab_token: undefined,
        managers_configs: Object.fromEntries(
          Array.from({ length: 200 }, (_, at) => [`tool_${at}`, { ...deployedWorker, tags: [`tool_${at}`] }]),
        ),
      },
      { tokens: 'not needed' },
    ),
  ],
  [
    'FR_CONFIG_NAMES_TOO_LONG',
    'service_name',
    'names that IAM does not take',
    deploying({ service_name: 'a-service-with-a-very-long-name' }),
  ],
  ['FR_CONFIG_SECRET_ARN', 'gitlab_token_secret_arn', 'a secret without its 6 characters', secret('secret:gitlab')],
  [
    'FR_CONFIG_SECRET_ARN',
    'gitlab_token_secret_arn',
    'a region where the account belongs',
    secret('secret:gitlab-AbCdEf', 'eu-west-1:eu-west-1'),
  ],
  ['FR_CONFIG_SECRET_ARN', 'gitlab_token_secret_arn', 'a bucket', deploying({ gitlab_token_secret_arn: 'arn:aws:s3:::tokens' })],
  ['FR_CONFIG_JOB_SECRET_ARN', 'job_secret_arns[0]', 'every secret there is', whole({ job_secret_arns: [jobSecret('secret:*')] })],
  [
    'FR_CONFIG_JOB_SECRET_ARN',
    'job_secret_arns[0]',
    'a name without its 6 characters',
    whole({ job_secret_arns: [jobSecret('secret:ci/db')] }),
  ],
  ['FR_CONFIG_JOB_SECRET_ARN', 'job_secret_arns[0]', 'a bare name', whole({ job_secret_arns: ['ci/*'] })],
  [
    'FR_CONFIG_JOB_SECRET_ARN',
    'job_secret_arns[1]',
    'any account',
    whole({ job_secret_arns: [jobSecret('secret:ci/*'), 'arn:aws:ssm:eu-west-1:*:parameter/ci/*'] }),
  ],
  [
    'FR_CONFIG_JOB_SECRET_TOKEN',
    'job_secret_arns[0]',
    'the secret with the tokens',
    deploying({
      job_secret_arns: [jobSecret('secret:git*')],
      gitlab_token_secret_arn: jobSecret('secret:gitlab-AbCdEf'),
    }),
  ],
  ['FR_CONFIG_SECRET_KEY', 'secrets_kms_key', 'an alias', deploying({ secrets_kms_key: 'alias/tokens' })],
  ['FR_CONFIG_LOG_KEY', 'log_kms_key_arn', 'a bare id', deploying({ log_kms_key_arn: '0f0f0f0f-0000-0000-0000-0f0f0f0f0f0f' })],
  [
    'FR_CONFIG_POLICY_ARN',
    'iam_permissions_boundary',
    'a role',
    deploying({ iam_permissions_boundary: 'arn:aws:iam::111122223333:role/x' }),
  ],
  ['FR_CONFIG_LOG_RETENTION', 'log_retention_in_days', 'ten days', deploying({ log_retention_in_days: 10 })],
  [
    'FR_CONFIG_ELSEWHERE',
    'manager_ecs_cluster_arn',
    'managers in another region than their subnets',
    deploying({ manager_ecs_cluster_arn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/managers' }),
  ],
  [
    'FR_CONFIG_NO_TASK_ROLE',
    'managers_configs.dev.worker_task_role_arn',
    'a worker without task role',
    deploying({}, { worker_task_role_arn: '' }),
  ],
  [
    'FR_CONFIG_DEFINITION_MADE',
    'managers_configs.dev.worker_task_definition_arn',
    'a task definition of somebody else',
    deploying({}, { worker_task_definition_arn: 'own-family' }),
  ],
  [
    'FR_CONFIG_SIZE',
    'manager_memory',
    'a size of manager that Fargate does not have',
    deploying({ manager_cpu: 256, manager_memory: 4096 }),
  ],
  [
    'FR_CONFIG_MISSING_KEY',
    'manager_docker_image',
    'a deployment without the image of the manager',
    deploying({ manager_docker_image: '' }),
  ],
  [
    'FR_CONFIG_MISSING_KEY',
    'managers_configs.dev.worker_docker_image',
    'a worker without image',
    deploying({}, { worker_docker_image: '' }),
  ],
  ['FR_CONFIG_NOTHING', '', 'an empty environment', () => load({ env: {} })],
  ['FR_CONFIG_FILE_UNREADABLE', 'nowhere.yaml', 'a file that is not there', () => load({ file: join(folder, 'nowhere.yaml'), env: {} })],
  ['FR_CONFIG_FILE_UNREADABLE', 'x.yaml', 'a file below a file', () => load({ file: join(file('a: 1'), 'x.yaml'), env: {} })],
  ['FR_CONFIG_FILE_KIND', '.ini', 'an ending nobody knows', text('a = 1', 'ini')],
  ['FR_CONFIG_SYNTAX', ':2:1', 'broken YAML', text('gitlab_url: [1,\nb: 2')],
  ['FR_CONFIG_SYNTAX', ':1:1', 'an alias without an anchor', text('gitlab_url: *nobody')],
  ['FR_CONFIG_SYNTAX', ':1:13', 'a YAML tag nobody knows', text('gitlab_url: !secret x')],
  ['FR_CONFIG_SYNTAX', ':2:3', 'broken JSON', text('{ "a": 1,\n  }', 'json')],
  ['FR_CONFIG_SYNTAX', ':2:4', 'broken TOML', text('a = 1\nb =\n', 'toml')],
  [
    'FR_CONFIG_SYNTAX',
    'MANAGERS_CONFIGS:1:3',
    'a variable that is not JSON',
    () => load({ env: { GITLAB_URL: 'https://g.example', RUNNER_NAME_PREFIX: 'ci', MANAGERS_CONFIGS: '{ dev }' } }),
  ],
  [
    'FR_CONFIG_DUPLICATE_KEY',
    ':2:1',
    'a key twice in YAML',
    text(
      `deployment: a\ndeployment: b\n${Object.entries(document)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
        .join('\n')}`,
    ),
  ],
  [
    'FR_CONFIG_DUPLICATE_KEY',
    ':1:',
    'a key twice in JSON',
    text(JSON.stringify(document).replace('{', '{"deployment":"a","deployment":"b",'), 'json'),
  ],
  ['FR_CONFIG_EMPTY', ':1:1', 'an empty file', text('# nothing but this')],
  ['FR_CONFIG_WRONG_TYPE', ':1:1', 'a file with a list', text('- 1')],

  ['FR_CONFIG_UNKNOWN_KEY', 'gitlab_urll', 'an unknown key', whole({ gitlab_urll: 'x' })],
  ['FR_CONFIG_UNKNOWN_KEY', 'timing.heartbeat', 'an unknown key in a section', whole({ timing: { heartbeat: 1 } })],
  ['FR_CONFIG_UNKNOWN_KEY', 'managers_configs.dev.docker_image', 'an unknown key of a runner', runner({ docker_image: 'x' })],
  [
    'FR_CONFIG_UNKNOWN_KEY',
    'worker_capacity[0].wait',
    'an unknown key of a capacity',
    runner({ worker_capacity: [{ provider: 'FARGATE', wait: 1 }] }),
  ],
  ['FR_CONFIG_MISSING_KEY', 'gitlab_url', 'no URL', whole({ gitlab_url: undefined })],
  ['FR_CONFIG_MISSING_KEY', 'gitlab_url', 'an empty URL', whole({ gitlab_url: '' })],
  ['FR_CONFIG_MISSING_KEY', 'gitlab_runner_name_prefix', 'no name prefix', whole({ gitlab_runner_name_prefix: null })],
  ['FR_CONFIG_MISSING_KEY', 'managers_configs', 'no runners', whole({ managers_configs: undefined }, { tokens: 'not needed' })],
  ['FR_CONFIG_MISSING_KEY', 'worker_ecs_cluster_arn', 'no cluster', runner({ worker_ecs_cluster_arn: undefined })],
  ['FR_CONFIG_MISSING_KEY', 'worker_subnet_id', 'no subnet', runner({ worker_subnet_id: undefined })],
  ['FR_CONFIG_MISSING_KEY', 'worker_security_group_id', 'no security group', runner({ worker_security_group_id: undefined })],
  ['FR_CONFIG_WRONG_TYPE', 'gitlab_url', 'a number for a string', whole({ gitlab_url: 1 })],
  ['FR_CONFIG_WRONG_TYPE', 'managers_configs', 'a number for the runners', runners(3)],
  ['FR_CONFIG_WRONG_TYPE', 'managers_configs.dev', 'a string for a runner', runners({ dev: 'x' })],
  ['FR_CONFIG_WRONG_TYPE', 'managers_configs.dev.tags', 'a string for a list', runner({ tags: 'dev' })],
  ['FR_CONFIG_WRONG_TYPE', 'managers_configs.dev.tags[0]', 'a number for a tag', runner({ tags: [1] })],
  ['FR_CONFIG_VALUE', 'worker_proof', 'a word that is not a choice', runner({ worker_proof: 'maybe' })],
  ['FR_CONFIG_VALUE', 'telemetry.log_level', 'a log level nobody has', whole({ telemetry: { log_level: 'loud' } })],
  ['FR_CONFIG_VALUE', 'store.kind', 'a store that is not there', whole({ store: { kind: 'redis' } })],
  ['FR_CONFIG_VALUE', 'ecs.credentials', 'credentials that are no choice', whole({ ecs: { credentials: 'root' } })],
  ['FR_CONFIG_VALUE', 'worker_capacity[0].provider', 'a capacity provider nobody has', runner({ worker_capacity: [{ provider: 'EC2' }] })],
  ['FR_CONFIG_NOT_A_WHOLE_NUMBER', 'gitlab_runner_concurrency', 'a word for a number', whole({ gitlab_runner_concurrency: 'many' })],
  ['FR_CONFIG_NOT_A_WHOLE_NUMBER', 'limit', 'half a job', runner({ limit: 1.5 })],
  ['FR_CONFIG_NOT_A_WHOLE_NUMBER', 'limit', 'less than no job', runner({ limit: '-1' })],
  ['FR_CONFIG_NOT_YES_OR_NO', 'run_untagged', 'a word for a boolean', runner({ run_untagged: 'yes' })],
  ['FR_CONFIG_OUT_OF_RANGE', 'gitlab_runner_concurrency', 'no job at a time', whole({ gitlab_runner_concurrency: 0 })],
  ['FR_CONFIG_OUT_OF_RANGE', 'worker_ssh_port', 'a port too high', runner({ worker_ssh_port: '65536' })],

  ['FR_CONFIG_URL', 'gitlab_url', 'another scheme', whole({ gitlab_url: 'ftp://gitlab.example.com' })],
  ['FR_CONFIG_URL', 'gitlab_url', 'no scheme', whole({ gitlab_url: 'gitlab.example.com' })],
  ['FR_CONFIG_URL', 'gitlab_url', 'a query', whole({ gitlab_url: 'https://gitlab.example.com/?a=1' })],
  ['FR_CONFIG_URL', 'gitlab_url', 'a user', whole({ gitlab_url: 'https://me:secret@gitlab.example.com' })],
  ['FR_CONFIG_URL_PLAIN', 'gitlab_url', 'http to another machine', whole({ gitlab_url: 'http://gitlab.example.com' })],
  ['FR_CONFIG_NAME_PREFIX', 'gitlab_runner_name_prefix', 'a space in the prefix', whole({ gitlab_runner_name_prefix: 'my ci' })],
  ['FR_CONFIG_DEPLOYMENT', 'deployment', 'a slash in the deployment', whole({ deployment: 'a/b' })],
  ['FR_CONFIG_DEPLOYMENT', 'deployment', 'a deployment too long', whole({ deployment: 'a'.repeat(65) })],
  ['FR_CONFIG_RUNNER_NAME', 'managers_configs.de v', 'a space in the name of a runner', runners({ 'de v': worker })],
  [
    'FR_CONFIG_RUNNER_NAME',
    '[0].manager_name',
    'a slash in the name of a runner',
    runners([named('a/b')].map((entry) => ({ ...entry, tags: ['a'] }))),
  ],
  [
    'FR_CONFIG_RUNNER_NAME_MISSING',
    'managers_configs[1]',
    'a list entry without a name',
    runners([named('a'), { ...worker, tags: ['b'] }]),
  ],
  [
    'FR_CONFIG_RUNNER_NAME_TWICE',
    'managers_configs[1].manager_name',
    'a name twice',
    runners([named('a'), { ...named('a'), tags: ['b'] }]),
  ],
  ['FR_CONFIG_RUNNER_NAME_DIFFERS', 'managers_configs.dev.manager_name', 'two names', runner({ manager_name: 'other' })],
  ['FR_CONFIG_NO_RUNNERS', 'managers_configs', 'an empty map', runners({})],
  ['FR_CONFIG_NO_RUNNERS', 'managers_configs', 'an empty list', runners([])],
  ['FR_CONFIG_TAG', 'tags[1]', 'a tag with a space', runner({ tags: ['a', 'b c'] })],
  ['FR_CONFIG_TAG', 'tags[0]', 'a tag with a comma', runner({ tags: ['a,b'] })],
  ['FR_CONFIG_TAG', 'tags[0]', 'an empty tag', runner({ tags: [''] })],
  ['FR_CONFIG_TAG', 'tag_list', 'a tag with a space in the comma string', runner({ tags: undefined, tag_list: 'a, b c' })],
  ['FR_CONFIG_TAGS_DIFFER', 'tag_list', 'two sets of tags', runner({ tag_list: 'dev,other' })],
  ['FR_CONFIG_NO_TAGS', 'managers_configs.dev', 'a runner for no job', runner({ tags: [] })],
  [
    'FR_CONFIG_SAME_TAGS',
    'managers_configs.b',
    'the same tags in another order',
    runners({ a: { ...worker, tags: ['x', 'y'] }, b: { ...worker, tags: undefined, tag_list: 'y,x' } }),
  ],
  ['FR_CONFIG_LIMIT_ABOVE_CONCURRENCY', 'managers_configs.dev.limit', 'a limit that is never reached', runner({ limit: 11 })],
  ['FR_CONFIG_ENVIRONMENT_NAME', 'environment.MY-VAR', 'a variable that no shell can set', runner({ environment: { 'MY-VAR': 'x' } })],
  [
    'FR_CONFIG_ENVIRONMENT_NAME',
    'gitlab_token_env',
    'an impossible variable',
    whole({ gitlab_token: undefined, gitlab_token_env: 'A B' }, { tokens: 'not needed' }),
  ],

  ['FR_CONFIG_CLUSTER_ARN', 'worker_ecs_cluster_arn', 'a name for an ARN', runner({ worker_ecs_cluster_arn: 'workers' })],
  [
    'FR_CONFIG_CLUSTER_ARN',
    'worker_ecs_cluster_arn',
    'a region for the account',
    runner({ worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:eu-west-1:cluster/workers' }),
  ],
  [
    'FR_CONFIG_CLUSTER_ARN',
    'worker_ecs_cluster_arn',
    'another service',
    runner({ worker_ecs_cluster_arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/workers' }),
  ],
  [
    'FR_CONFIG_CLUSTER_ARN',
    'worker_ecs_cluster_arn',
    'another resource',
    runner({ worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:service/workers' }),
  ],
  [
    'FR_CONFIG_CLUSTER_ARN',
    'worker_ecs_cluster_arn',
    'no region',
    runner({ worker_ecs_cluster_arn: 'arn:aws:ecs::111122223333:cluster/workers' }),
  ],
  [
    'FR_CONFIG_ROLE_ARN',
    'worker_task_role_arn',
    'a region in a role',
    runner({ worker_task_role_arn: 'arn:aws:iam:eu-west-1:111122223333:role/x' }),
  ],
  ['FR_CONFIG_ROLE_ARN', 'worker_task_role_arn', 'an account too short', runner({ worker_task_role_arn: 'arn:aws:iam::1111:role/x' })],
  ['FR_CONFIG_TASK_DEFINITION', 'worker_task_definition_arn', 'a dot in a family', runner({ worker_task_definition_arn: 'my.worker' })],
  [
    'FR_CONFIG_TASK_DEFINITION',
    'worker_task_definition_arn',
    'the ARN of something else',
    runner({ worker_task_definition_arn: 'arn:aws:ecs:eu-west-1:111122223333:task/x' }),
  ],
  ['FR_CONFIG_REGION', 'worker_aws_region', 'an availability zone for a region', runner({ worker_aws_region: 'eu-west-1a' })],
  ['FR_CONFIG_REGION_DIFFERS', 'worker_aws_region', 'another region than that of the cluster', runner({ worker_aws_region: 'eu-west-2' })],
  [
    'FR_CONFIG_TASK_DEFINITION_ELSEWHERE',
    'worker_task_definition_arn',
    'a definition of another account',
    runner({ worker_task_definition_arn: 'arn:aws:ecs:eu-west-1:444455556666:task-definition/worker:1' }),
  ],
  ['FR_CONFIG_SUBNET_ID', 'worker_subnet_id', 'a VPC for a subnet', runner({ worker_subnet_id: 'vpc-0a1b2c3d' })],
  ['FR_CONFIG_SUBNET_ID', 'worker_subnet_ids[0]', 'a subnet id too short', runner({ worker_subnet_ids: ['subnet-0a1b2c3'] })],
  [
    'FR_CONFIG_SUBNET_ID',
    'worker_subnet_ids',
    '17 subnets in the list',
    runner({ worker_subnet_ids: [...subnets(16), 'subnet-000000ff'] }),
  ],
  ['FR_CONFIG_SUBNET_ID', 'worker_subnet_ids', '17 subnets in all', runner({ worker_subnet_ids: subnets(16) })],
  [
    'FR_CONFIG_SECURITY_GROUP_ID',
    'worker_security_group_id',
    'a subnet for a security group',
    runner({ worker_security_group_id: 'subnet-0a1b2c3d' }),
  ],
  ['FR_CONFIG_SIZE', 'worker_memory', 'memory that does not go with the CPU', runner({ worker_cpu: 256, worker_memory: 4096 })],
  ['FR_CONFIG_SIZE', 'worker_cpu', 'CPU units that nobody sells', runner({ worker_cpu: 300, worker_memory: 512 })],
  ['FR_CONFIG_SIZE_HALF', 'worker_cpu', 'CPU without memory', runner({ worker_cpu: 256 })],
  ['FR_CONFIG_SIZE_HALF', 'worker_memory', 'memory without CPU', runner({ worker_memory: 512 })],
  ['FR_CONFIG_VALUE', 'worker_cpu_architecture', 'processors by another name', runner({ worker_cpu_architecture: 'arm64' })],
  ['FR_CONFIG_VALUE', 'manager_cpu_architecture', 'processors that Fargate has not', deploying({ manager_cpu_architecture: 'RISCV' })],
  ['FR_CONFIG_IMAGE', 'worker_docker_image', 'an image with a space', runner({ worker_docker_image: 'alpine latest' })],
  ['FR_CONFIG_SSH_USER', 'worker_ssh_user', 'a user with a space', runner({ worker_ssh_user: 'a b' })],
  ['FR_CONFIG_BUILDS_DIR', 'worker_builds_dir', 'a way up', runner({ worker_builds_dir: 'builds/../..' })],
  ['FR_CONFIG_BUILDS_DIR', 'worker_builds_dir', 'a tilde', runner({ worker_builds_dir: '~/builds' })],
  [
    'FR_CONFIG_CAPACITY',
    'worker_capacity',
    'a provider twice',
    runner({ worker_capacity: [{ provider: 'FARGATE' }, { provider: 'FARGATE' }] }),
  ],
  [
    'FR_CONFIG_CAPACITY',
    'worker_capacity_fallback',
    'weights of 0',
    runner({ worker_capacity_fallback: [{ provider: 'FARGATE', weight: 0 }] }),
  ],
  ['FR_CONFIG_CAPACITY', 'worker_capacity', 'weights of 0', runner({ worker_capacity: [{ provider: 'FARGATE', weight: 0 }] })],
  [
    'FR_CONFIG_CAPACITY',
    'worker_capacity',
    'two bases',
    runner({
      worker_capacity: [
        { provider: 'FARGATE', base: 1 },
        { provider: 'FARGATE_SPOT', base: 1 },
      ],
    }),
  ],
  ['FR_CONFIG_CAPACITY', 'worker_capacity', 'no capacity at all', runner({ worker_capacity: [] })],

  ['FR_CONFIG_TOKEN_SOURCES', 'gitlab_token_env', 'tokens from two places', whole({ gitlab_token_env: 'TOKEN' })],
  [
    'FR_CONFIG_TOKEN_FILE',
    'gitlab_token_file',
    'a token file that is not there',
    whole({ gitlab_token: undefined, gitlab_token_file: 'nowhere' }),
  ],
  [
    'FR_CONFIG_TOKEN_ENV',
    'gitlab_token_env',
    'a token variable that is not set',
    whole({ gitlab_token: undefined, gitlab_token_env: 'NOWHERE' }),
  ],
  ['FR_CONFIG_TOKEN_SECRET', 'gitlab_token', 'a token secret that is half JSON', whole({ gitlab_token: '{"dev": glrt-1}' })],
  ['FR_CONFIG_TOKEN_MISSING', 'managers_configs.dev', 'no token at all', whole({ gitlab_token: undefined })],
  [
    'FR_CONFIG_TOKEN_MISSING',
    'managers_configs.b',
    'a token for one of two',
    whole({ managers_configs: two, gitlab_token: { a: 'glrt-1' } }),
  ],
  ['FR_CONFIG_TOKEN_MISSING', 'managers_configs.dev', 'a caller without the token', whole({}, { tokens: new Map() })],
  ['FR_CONFIG_TOKEN_UNKNOWN_RUNNER', 'gitlab_token', 'a token too many', whole({ gitlab_token: { dev: 'glrt-1', prd: 'glrt-2' } })],
  [
    'FR_CONFIG_TOKEN_UNKNOWN_RUNNER',
    'gitlab_token',
    'the token of a runner under its name of before, too',
    whole({ gitlab_token: { dev: 'glrt-1', old: 'glrt-1' } }),
  ],
  ['FR_CONFIG_TOKEN_SHARED', 'gitlab_token', 'one token for two runners', whole({ managers_configs: two })],
  [
    'FR_CONFIG_TOKEN_SHARED',
    'gitlab_token',
    'the same token twice',
    whole({ managers_configs: two, gitlab_token: { a: 'glrt-1', b: 'glrt-1' } }),
  ],
  ['FR_CONFIG_TOKEN_SHAPE', 'gitlab_token', 'a token with a quote', whole({ gitlab_token: 'glrt-1"2' })],
  ['FR_CONFIG_REGISTRATION_TOKEN', 'gitlab_token', 'a registration token', whole({ gitlab_token: 'GR1348941abcdef' })],
  ['FR_CONFIG_REGISTRATION_TOKEN', 'gitlab_token', 'a token of an old GitLab', whole({ gitlab_token: 'x'.repeat(20) })],
  [
    'FR_CONFIG_REGISTRATION_TOKEN',
    'gitlab_token',
    'a token that a registration issued',
    whole({ gitlab_token: `glrtr-${'x'.repeat(20)}` }),
  ],
  [
    'FR_CONFIG_REGISTRATION_TOKEN',
    'gitlab_token',
    'one registration token for two',
    whole({ managers_configs: two, gitlab_token: 'GR1348941a' }),
  ],
  ['FR_CONFIG_TOKEN_SHAPE', 'gitlab_token', 'a registration token with a quote', whole({ gitlab_token: 'GR1348941"' })],
  [
    'FR_CONFIG_REGISTRATION_UNUSED',
    'managers_configs.dev.registration',
    'settings that GitLab has',
    runner({ registration: { locked: false } }),
  ],
  ['FR_CONFIG_REGISTRATION', 'registration.description', 'a description of two lines', runner({ registration: { description: 'a\nb' } })],
  [
    'FR_CONFIG_OUT_OF_RANGE',
    'registration.maximum_timeout',
    'a timeout below ten minutes',
    runner({ registration: { maximum_timeout: 599 } }),
  ],
  ['FR_CONFIG_UNKNOWN_KEY', 'registration.lock', 'a mistyped key of a registration', runner({ registration: { lock: true } })],
  ['FR_CONFIG_CLIENT_CERT_PAIR', 'client_key_file', 'a key without a certificate', whole({ client_key_file: 'x.pem' })],
  [
    'FR_CONFIG_CLIENT_CERT_FILE',
    'client_cert_file',
    'a certificate that is not there',
    () => judged({ ...document, client_cert_file: 'nowhere.pem', client_key_file: file('key', 'pem') }),
  ],
  ['FR_CONFIG_LABEL', 'labels', 'a label with a short name', whole({ labels: { a: 'b' } })],
  [
    'FR_CONFIG_LABEL',
    'labels',
    'too many labels',
    whole({ labels: Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`label-${at}`, 'x'])) }),
  ],
  ['FR_CONFIG_PLACEHOLDER', 'gitlab_token', 'a token to be filled in', whole({ gitlab_token: 'glrt-REPLACE_ME' })],

  ['FR_CONFIG_PATH', 'store.path', 'a path with a line feed', whole({ store: { path: 'a\nb' } })],
  [
    'FR_CONFIG_STORE_ON_ECS',
    'store',
    'a directory on ECS',
    whole({}, { env: { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/1' } }),
  ],
  ['FR_CONFIG_MISSING_KEY', 'store.bucket', 'a store in S3 without a bucket', whole({ store: { kind: 's3', region: 'eu-west-1' } })],
  ['FR_CONFIG_MISSING_KEY', 'store.region', 'a store in S3 without a region', whole({ store: { kind: 's3', bucket: 'jobs' } })],
  ['FR_CONFIG_BUCKET', 'cache_bucket_name', 'an ARN for the bucket of the cache', whole({ cache_bucket_name: 'arn:aws:s3:::cache' })],
  ['FR_CONFIG_REGION', 'cache_bucket_region', 'a region of the cache that nobody has', whole({ cache_bucket_region: 'Ireland' })],
  ['FR_CONFIG_STORE_PREFIX', 'cache_prefix', 'a prefix of the cache that leads elsewhere', whole({ cache_prefix: '/x' })],
  ['FR_CONFIG_NOT_YES_OR_NO', 'cache_shared', 'neither yes nor no to sharing', whole({ cache_shared: 'maybe' })],
  ['FR_CONFIG_LOCAL_CREDENTIALS', 'cache_credentials', 'local credentials for AWS', whole({ cache_credentials: 'local' })],
  [
    'FR_CONFIG_CACHE_IN_STORE',
    'cache_bucket_name',
    'caches among the records',
    whole({ store: { kind: 's3', bucket: 'jobs', region: 'eu-west-1' }, cache_bucket_name: 'jobs' }),
  ],
  ['FR_CONFIG_BUCKET', 'store.bucket', 'a URL for a bucket', s3({ bucket: 's3://jobs' })],
  ['FR_CONFIG_STORE_PREFIX', 'store.prefix', 'a prefix that begins with a slash', s3({ prefix: '/records' })],
  ['FR_CONFIG_REGION', 'store.region', 'a region nobody has', s3({ region: 'Ireland' })],
  ['FR_CONFIG_KMS_KEY', 'store.kms_key', 'a name for a KMS key', s3({ kms_key: 'my key' })],
  ['FR_CONFIG_STORE_KEY', 'store.path', 'a path in S3', s3({ path: '/srv/records' })],
  ['FR_CONFIG_STORE_KEY', 'store.bucket', 'a bucket in a directory', whole({ store: { bucket: 'jobs' } })],
  ['FR_CONFIG_ENDPOINT', 'store.endpoint', 'S3 over http on another machine', s3({ endpoint: 'http://s3.example.com' })],
  ['FR_CONFIG_LOCAL_CREDENTIALS', 'store.credentials', 'local credentials for the S3 of AWS', s3({ credentials: 'local' })],
  ['FR_CONFIG_CA_FILE', 'ca_file', 'a CA file that is not there', whole({ ca_file: 'nowhere.crt' })],
  ['FR_CONFIG_CA_CONTENT', 'ca_file', 'a CA file without certificates', () => judged({ ...document, ca_file: file('hello', 'crt') })],
  ['FR_CONFIG_ENDPOINT', 'ecs.endpoint', 'http to another machine', whole({ ecs: { endpoint: 'http://ecs.example.com' } })],
  [
    'FR_CONFIG_LOCAL_CREDENTIALS',
    'ecs.credentials',
    'local credentials for another machine',
    whole({ ecs: { endpoint: 'https://ecs.example.com', credentials: 'local' } }),
  ],
  ['FR_CONFIG_LOCAL_CREDENTIALS', 'ecs.credentials', 'local credentials for AWS', whole({ ecs: { credentials: 'local' } })],
  [
    'FR_CONFIG_OWNER_STALE',
    'timing.owner_stale_ms',
    'stale before the third heartbeat',
    whole({ timing: { heartbeat_ms: 20_000, owner_stale_ms: 59_999 } }),
  ],
  [
    'FR_CONFIG_ORPHAN_TIMEOUT',
    'timing.worker_orphan_timeout_s',
    'orphans before the take-over',
    whole({ timing: { worker_orphan_timeout_s: 89 } }),
  ],
  ['FR_CONFIG_PLACEHOLDER', 'environment.URL', 'angle brackets', runner({ environment: { URL: '<your url>' } })],
  [
    'FR_CONFIG_PLACEHOLDER',
    'worker_ecs_cluster_arn',
    'an account of zeros',
    runner({ worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:000000000000:cluster/workers' }),
  ],
  ['FR_CONFIG_PLACEHOLDER', 'worker_docker_image', 'REPLACE_ME', runner({ worker_docker_image: 'REPLACE_ME' })],
];

describe('rules', () => {
  it('find nothing in a document that is fine', () => {
    expect(whole({})()).toMatchObject({ kind: 'config', warnings: [] });
    expect(runners(two)()).toMatchObject({ kind: 'config', warnings: [] });
    expect(runners([named('a'), named('b')])()).toMatchObject({ kind: 'config', warnings: [] });
  });

  it.each(cases)('%s at %s: %s', (code, where, _what, run) => {
    const result = run();
    const found = [...(result.kind === 'invalid' ? result.problems : []), ...result.warnings];
    expect(found.map((problem) => problem.code)).toEqual([code]);
    expect(found[0]?.at ?? '').toContain(where);
    expect(result.kind).toBe(PROBLEM_CODES[code].level === 'error' ? 'invalid' : 'config');
  });

  it('are all broken here at least once', () => {
    expect([...new Set(cases.map(([code]) => code))].toSorted()).toEqual(Object.keys(PROBLEM_CODES).toSorted());
  });

  it('let runners come and go one step after their tokens: nothing but a warning on the way', () => {
    const one = { managers_configs: { dev: worker } };
    const both = { managers_configs: { dev: worker, added: { ...worker, tags: ['added'] } } };
    const tokens = { dev: 'glrt-1', added: 'glrt-2' };
    for (const [configuration, secret] of [
      [one, { dev: 'glrt-1' }],
      [one, tokens],
      [both, tokens],
    ] as const) {
      const result = whole({ ...configuration, gitlab_token: secret })();
      expect(result.kind).toBe('config');
      expect(result.kind === 'config' && result.config.runners.map(({ token }) => token.reveal())).toEqual(
        Object.values(secret).slice(0, Object.keys(configuration.managers_configs).length),
      );
    }
  });

  it('take the tokens of the caller before all others, whatever they look like', () => {
    const result = whole({}, { tokens: new Map([['dev', new Secret('anything')]]) })();
    expect(result.kind === 'config' && result.config.runners[0]?.token.reveal()).toBe('anything');
  });
});
