import type { Mistake } from './mistake.ts';
import { SETTINGS_OF_RUNNERS } from './runner-mistakes.ts';

const LONG_NAME = 'a'.repeat(65);

/** Mistakes that can all be in one document. */
export const MISTAKES: readonly Mistake[] = [
  {
    what: 'an ARN of the wrong shape',
    runners: { shape: { worker_ecs_cluster_arn: 'cluster/workers' } },
    said: [['managers_configs.shape.worker_ecs_cluster_arn', 'FR_CONFIG_CLUSTER_ARN']],
    terraform: ['worker_ecs_cluster_arn must be the ARN of an ECS cluster', 'It is not in managers_configs of: shape.'],
  },
  {
    what: 'the ARN of a secret with the region where the account belongs',
    inputs: { gitlab_token_secret_arn: 'arn:aws:secretsmanager:eu-west-1:eu-west-1:secret:gitlab-AbCdEf' },
    said: [['gitlab_token_secret_arn', 'FR_CONFIG_SECRET_ARN']],
    terraform: ['gitlab_token_secret_arn must be', 'with a region and the 12 digits of an account in their places'],
  },
  {
    what: 'CPU and memory that Fargate does not have',
    inputs: { manager_memory: 4096 },
    runners: { size: { worker_cpu: 512, worker_memory: 512 } },
    said: [
      ['managers_configs.size.worker_memory', 'FR_CONFIG_SIZE'],
      ['manager_memory', 'FR_CONFIG_SIZE'],
    ],
    terraform: [
      'managers_configs.size: Fargate has no size of worker_cpu 512 with worker_memory 512',
      'no size of manager_cpu 256 with manager_memory 4096',
    ],
    isSaidLater: true,
  },
  {
    what: 'subnets and clusters in different regions',
    inputs: { manager_ecs_cluster_arn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/managers' },
    runners: { away: { worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-3:111122223333:cluster/workers' } },
    said: [
      ['manager_ecs_cluster_arn', 'FR_CONFIG_ELSEWHERE'],
      ['managers_configs.away.worker_ecs_cluster_arn', 'FR_CONFIG_ELSEWHERE'],
    ],
    terraform: [
      'aws_region must be the region of manager_ecs_cluster_arn',
      'managers_configs.away: worker_ecs_cluster_arn lies in eu-west-3, but the service and its subnets in eu-west-1.',
    ],
    isSaidLater: true,
  },
  {
    what: 'a region that is not that of the cluster of the workers',
    runners: { moved: { worker_aws_region: 'eu-west-2' } },
    said: [['managers_configs.moved.worker_aws_region', 'FR_CONFIG_REGION_DIFFERS']],
    terraform: ['worker_aws_region must be the region of worker_ecs_cluster_arn. It is not in managers_configs of: moved.'],
  },
  {
    what: 'a worker without a task role',
    runners: { bare: { worker_task_role_arn: '' } },
    said: [['managers_configs.bare.worker_task_role_arn', 'FR_CONFIG_NO_TASK_ROLE']],
  },
  {
    what: 'two runners with the same tags',
    runners: { one: { tags: ['same'] }, other: { tags: ['same'] } },
    said: [['managers_configs.other', 'FR_CONFIG_SAME_TAGS']],
  },
  {
    what: 'a name prefix with a space',
    inputs: { gitlab_runner_name_prefix: 'shop dev' },
    said: [['gitlab_runner_name_prefix', 'FR_CONFIG_NAME_PREFIX']],
    terraform: ['gitlab_runner_name_prefix may have letters, digits, -, _ and ., 64 at most, and no spaces'],
  },
  {
    what: 'names of runners that begin with a sign or are too long',
    runners: { _hidden: {}, [LONG_NAME]: {} },
    said: [
      ['managers_configs._hidden', 'FR_CONFIG_RUNNER_NAME'],
      [`managers_configs.${LONG_NAME}`, 'FR_CONFIG_RUNNER_NAME'],
    ],
    terraform: ['64 at most, the first one a letter or a digit, unlike:', '_hidden', LONG_NAME],
  },
  {
    what: 'ids of subnets and security groups that are none, and an image with a space',
    runners: { ids: { worker_subnet_ids: ['subnet-1'], worker_security_group_ids: ['sg-1'], worker_docker_image: 'worker 1' } },
    said: [
      ['managers_configs.ids.worker_docker_image', 'FR_CONFIG_IMAGE'],
      ['managers_configs.ids.worker_subnet_ids[0]', 'FR_CONFIG_SUBNET_ID'],
      ['managers_configs.ids.worker_security_group_ids[0]', 'FR_CONFIG_SECURITY_GROUP_ID'],
    ],
    terraform: ['ids (worker 1).', 'ids (subnet-1).', 'ids (sg-1).'],
  },
  ...SETTINGS_OF_RUNNERS,
  {
    what: 'a limit above the concurrency',
    runners: { greedy: { limit: 11 } },
    said: [['managers_configs.greedy.limit', 'FR_CONFIG_LIMIT_ABOVE_CONCURRENCY']],
  },
];
const TOKENS_FOR_JOBS: Mistake = {
  what: 'secrets for jobs by a pattern that reaches the tokens of the runners',
  inputs: {
    job_secret_arns: ['secret:other-*', 'secret:git*-??????', 'secret:gitla?-*Ef'].map(
      (name) => `arn:aws:secretsmanager:eu-west-1:111122223333:${name}`,
    ),
  },
  said: [
    ['job_secret_arns[1]', 'FR_CONFIG_JOB_SECRET_TOKEN'],
    ['job_secret_arns[2]', 'FR_CONFIG_JOB_SECRET_TOKEN'],
  ],
  terraform: [
    "job_secret_arns lets jobs read the secret with the runners' tokens, arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab-AbCdEf, by arn:aws:secretsmanager:eu-west-1:111122223333:secret:git*-??????, arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitla?-*Ef.",
  ],
};
const PARAMETER_FOR_JOBS: Mistake = {
  what: 'the same with a parameter',
  inputs: {
    gitlab_token_secret_arn: 'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/token',
    job_secret_arns: ['arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*'],
  },
  said: [['job_secret_arns[0]', 'FR_CONFIG_JOB_SECRET_TOKEN']],
  terraform: ['arn:aws:ssm:eu-west-1:111122223333:parameter/ci/token, by arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*.'],
};
const CUT_SECRET: Mistake = {
  what: 'the ARN of a secret without its six last characters',
  inputs: { gitlab_token_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab' },
  said: [['gitlab_token_secret_arn', 'FR_CONFIG_SECRET_ARN']],
  terraform: ['with the 6 characters that Secrets Manager adds', 'it is arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab.'],
};
const DOTTED_PREFIX: Mistake = {
  what: 'a name prefix that begins with a dot',
  inputs: { gitlab_runner_name_prefix: '.shop' },
  said: [['gitlab_runner_name_prefix', 'FR_CONFIG_NAME_PREFIX']],
  terraform: ['begins with a letter or a digit; it is ".shop".'],
};
const URL_WITH_USER: Mistake = {
  what: 'an address of GitLab with a user, and a concurrency of nothing',
  inputs: { gitlab_url: 'https://me@gitlab.example.com', gitlab_runner_concurrency: 10_001 },
  said: [
    ['gitlab_url', 'FR_CONFIG_URL'],
    ['gitlab_runner_concurrency', 'FR_CONFIG_OUT_OF_RANGE'],
  ],
  terraform: ['without user, query and fragment; it is https://me@gitlab.example.com.', '1 to 10000; it is 10001.'],
};
/** A document without runners. */
export const NO_RUNNERS: Mistake = {
  what: 'no runners at all',
  said: [['managers_configs', 'FR_CONFIG_NO_RUNNERS']],
  terraform: ['managers_configs must have at least one entry'],
};

const TOO_MANY: Mistake = {
  what: 'more runners than the policies of a role have room for',
  runners: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`tool_${at}`, {}])),
  said: [['managers_configs', 'FR_CONFIG_TOO_MANY_RUNNERS']],
  terraform: ['managers_configs has 201 runners: the policies of iam-role-shop-dev-runner-manager-task would be longer'],
};
/** Those that are about the whole of a document, or about an input that another one is about too. */
export const EACH_ALONE = [NO_RUNNERS, TOO_MANY, TOKENS_FOR_JOBS, PARAMETER_FOR_JOBS, CUT_SECRET, DOTTED_PREFIX, URL_WITH_USER];
