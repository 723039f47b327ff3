import { CPU_ARCHITECTURES, WORKER_SSH_PORT } from '@fargate-gitlab-runner/blueprint';
import * as z from 'zod';
import { clusterArn, roleArn, taskDefinition } from './arn-fields.ts';
import { AWS_REGION } from './aws-arn.ts';
import { capacityItemSchema } from './capacity-schema.ts';
import { imageName } from './image-name.ts';
import { securityGroupId, subnetId } from './network-ids.ts';
import { patterned } from './patterned.ts';
import { gitlabUrl } from './url-fields.ts';
import { registrationSchema } from './registration-schema.ts';
import { wholeNumber } from './whole-number.ts';
import { yesOrNo } from './yes-or-no.ts';

/** Names of runners: they become parts of names on GitLab and AWS. */
export const RUNNER_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

const tag = patterned(/^[^\s,]{1,255}$/, 'FR_CONFIG_TAG');
/** No control characters, no `..`, no leading `~`, not empty. */
const folder = patterned(/^(?!~)(?!(?:.*\/)?\.\.(?:\/|$))[ -~\u00a0-\uffff]{1,1024}$/, 'FR_CONFIG_BUILDS_DIR');

/** Commands of the operator in every job of the runner. Words of GitLab runner's config.toml. */
const script = (moment: string) =>
  z
    .string()
    .optional()
    .meta({ description: `Commands that run in the worker ${moment}; the log shows them.` });

/** One entry of `managers_configs`, in the predecessor's words; what it did not know is optional. */
export const runnerSchema = z.strictObject({
  manager_name: patterned(RUNNER_NAME, 'FR_CONFIG_RUNNER_NAME').optional().meta({
    description: 'Name of the runner. Needed in a list; in a map the key is the name, and this may only repeat it.',
  }),
  tags: z.array(tag).max(50, 'FR_CONFIG_TAG').optional().meta({
    description: 'Tags of the runner. A GitLab that issued a glrt- token goes by the tags of its own settings; local mode goes by these.',
  }),
  tag_list: z.string().optional().meta({ description: 'The same tags as one string, joined by commas.' }),
  run_untagged: yesOrNo().default(false).meta({ description: 'Whether the runner takes jobs without tags.' }),
  limit: wholeNumber(0, 10_000).optional().meta({
    description: 'Jobs of this runner at a time, in each manager process. 0 or left out: as many as gitlab_runner_concurrency.',
  }),
  registration: registrationSchema.optional().meta({
    description: 'What the runner is registered with, where its token is a registration token. A runner made in GitLab has this there.',
  }),
  environment: z
    .record(patterned(/^[A-Za-z_]\w*$/, 'FR_CONFIG_ENVIRONMENT_NAME'), z.string())
    .default({})
    .meta({ description: 'Variables that every job of this runner gets. The variables of the job win over them.' }),
  clone_url: gitlabUrl().optional().meta({
    description: 'Address below which jobs get their repositories, where workers reach GitLab by another one than gitlab_url.',
  }),
  pre_get_sources_script: script('before the sources are fetched'),
  post_get_sources_script: script('after the sources and submodules are there'),
  pre_build_script: script("before the job's own commands, in the same shell"),
  post_build_script: script("after the job's own commands, in the same shell; not after a command that failed"),
  output_limit: wholeNumber(1, 1_048_576).optional().meta({
    description: 'Longest trace of a job of this runner in KiB; the rest is dropped, the job goes on. Left out: output_limit_kib.',
  }),
  debug_trace_disabled: yesOrNo().default(false).meta({
    description: 'Whether CI_DEBUG_TRACE and CI_DEBUG_SERVICES are refused to jobs of this runner; a job that sets one is told so.',
  }),
  custom_build_dir: yesOrNo().default(true).meta({
    description: 'Whether jobs may say by GIT_CLONE_PATH where below the builds folder their project is checked out.',
  }),
  worker_docker_image: imageName().optional().meta({
    description: "Image of the worker. It goes into the task definition; the manager itself doesn't use it.",
  }),
  worker_cpu: wholeNumber(256, 32_768)
    .optional()
    .meta({ description: 'CPU units of the worker (1024 = 1 vCPU); only together with worker_memory.' }),
  worker_memory: wholeNumber(512, 249_856).optional().meta({ description: 'Memory of the worker in MiB; only together with worker_cpu.' }),
  worker_cpu_architecture: z.enum(CPU_ARCHITECTURES, 'FR_CONFIG_VALUE').optional().meta({
    description:
      "Processors of the worker, which its image must be built for. It goes into the task definition; the manager itself doesn't use it. Left out: X86_64.",
  }),
  worker_ecs_cluster_arn: clusterArn().meta({ description: 'ARN of the ECS cluster in which workers run.' }),
  worker_aws_region: patterned(AWS_REGION, 'FR_CONFIG_REGION').optional().meta({
    description: 'Region of the worker cluster. Left out: the region in the ARN of the cluster, which it must equal.',
  }),
  worker_subnet_id: subnetId.optional().meta({ description: 'Subnet of the workers. This or worker_subnet_ids is required.' }),
  worker_subnet_ids: z.array(subnetId).max(16, 'FR_CONFIG_SUBNET_ID').optional().meta({
    description: 'Further subnets, 16 in all; ECS picks one for each worker.',
  }),
  worker_security_group_id: securityGroupId.optional().meta({
    description: 'Security group of the workers. This or worker_security_group_ids is required.',
  }),
  worker_security_group_ids: z.array(securityGroupId).max(5, 'FR_CONFIG_SECURITY_GROUP_ID').optional().meta({
    description: 'Further security groups, 5 in all.',
  }),
  worker_assign_public_ip: yesOrNo().default(false).meta({ description: 'Whether workers get a public address.' }),
  worker_ssh_user: patterned(/^[A-Za-z_][\w.-]{0,31}$/, 'FR_CONFIG_SSH_USER')
    .optional()
    .meta({
      description:
        'User that the manager logs in as. Left out: root, or WORKER_SSH_USER where the configuration comes from the environment.',
    }),
  worker_ssh_port: wholeNumber(1, 65_535).default(WORKER_SSH_PORT).meta({ description: 'Port of the SSH server in the worker.' }),
  worker_task_definition_arn: taskDefinition().optional().meta({
    description:
      'Task definition of the worker: ARN or family. Left out: the family task-<project_code>-<environment>-<service_name>-worker-<runner> where those three are given, else task-<deployment>-worker-<runner> with each "." as "-".',
  }),
  worker_task_role_arn: roleArn()
    .optional()
    .meta({ description: 'Role that jobs have on AWS. It replaces the one of the task definition.' }),
  worker_builds_dir: folder.default('builds').meta({
    description: 'Folder in which projects are checked out: absolute, or below the home of the SSH user.',
  }),
  worker_capacity: z
    .array(capacityItemSchema)
    .min(1, 'FR_CONFIG_CAPACITY')
    .default([{ provider: 'FARGATE', weight: 1 }])
    .meta({ description: 'Capacity providers of the worker, as ECS capacityProviderStrategy.' }),
  worker_capacity_fallback: z.array(capacityItemSchema).min(1, 'FR_CONFIG_CAPACITY').optional().meta({
    description:
      'Capacity providers for the next try after those of worker_capacity had no capacity, or took it back; then worker_capacity again. For Spot first: FARGATE_SPOT in worker_capacity, FARGATE here.',
  }),
  worker_ephemeral_storage_gib: wholeNumber(21, 200).optional().meta({
    description: 'Disk of the worker in GiB. Left out: what the task definition says, else 20.',
  }),
  worker_proof: z.enum(['preferred', 'required'], 'FR_CONFIG_VALUE').default('preferred').meta({
    description:
      'What happens to a worker that cannot prove by its nonce that it is the task we started: used and named unverified, or refused.',
  }),
});
