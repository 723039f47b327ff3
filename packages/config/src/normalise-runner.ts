import type { Secret } from '@fargate-gitlab-runner/kernel';
import { idsOf } from './ids-of.ts';
import type { CapacityConfig, RegistrationConfig, RunnerConfig, WorkerConfig } from './runner-config.ts';
import { parseArn } from './schema/aws-arn.ts';
import { registrationSchema } from './schema/registration-schema.ts';
import type { ParsedRunner } from './schema/document-schema.ts';
import { tagsOf } from './tags-of.ts';

/** The user of the predecessor's worker image. */
const SSH_USER = 'root';

/** What a runner takes from the document around it. */
export interface RunnerSurroundings {
  /** Family of its task definition, where the entry names none. */
  readonly family: string;
  readonly concurrency: number;
  readonly namePrefix: string;
  /** Of runners that name no limit of their own. */
  readonly outputLimitKiB: number;
  readonly token: Secret;
}

/** One entry that passed every check, in either shape of the predecessor, as a runner. */
export function normaliseRunner(name: string, entry: ParsedRunner, around: RunnerSurroundings): RunnerConfig {
  return {
    name,
    token: around.token,
    tags: tagsOf(entry),
    runUntagged: entry.run_untagged,
    limit: entry.limit || around.concurrency,
    worker: workerOf(entry, around.family),
    registration: registrationOf(entry, `${around.namePrefix}_${name}`),
    environment: { ...entry.environment },
    outputLimitKiB: entry.output_limit ?? around.outputLimitKiB,
    debugTraceDisabled: entry.debug_trace_disabled,
    customBuildDir: entry.custom_build_dir,
    ...(entry.clone_url !== undefined && { cloneUrl: entry.clone_url }),
    scripts: {
      preGetSources: commandsOf(entry.pre_get_sources_script),
      postGetSources: commandsOf(entry.post_get_sources_script),
      preBuild: commandsOf(entry.pre_build_script),
      postBuild: commandsOf(entry.post_build_script),
    },
  };
}

/** A script is one command, however many lines it has: they share quotes and here-documents. */
function commandsOf(script: string | undefined): string[] {
  return script === undefined || script.trim() === '' ? [] : [script];
}

function registrationOf(entry: ParsedRunner, description: string): RegistrationConfig {
  const given = entry.registration ?? registrationSchema.parse({});
  return {
    description: given.description ?? description,
    ...(given.maintenance_note !== undefined && { maintenanceNote: given.maintenance_note }),
    locked: given.locked,
    paused: given.paused,
    ...(given.access_level !== undefined && { accessLevel: given.access_level }),
    ...(given.maximum_timeout !== undefined && { maximumTimeoutS: given.maximum_timeout }),
  };
}

function workerOf(entry: ParsedRunner, defaultFamily: string): WorkerConfig {
  return {
    ...(entry.worker_docker_image !== undefined && { image: entry.worker_docker_image }),
    ...(entry.worker_cpu !== undefined && { cpu: entry.worker_cpu }),
    ...(entry.worker_memory !== undefined && { memoryMiB: entry.worker_memory }),
    ...(entry.worker_cpu_architecture !== undefined && { cpuArchitecture: entry.worker_cpu_architecture }),
    clusterArn: entry.worker_ecs_cluster_arn,
    region: entry.worker_aws_region ?? regionIn(entry.worker_ecs_cluster_arn),
    subnetIds: idsOf(entry.worker_subnet_id, entry.worker_subnet_ids),
    securityGroupIds: idsOf(entry.worker_security_group_id, entry.worker_security_group_ids),
    assignPublicIp: entry.worker_assign_public_ip,
    sshUser: entry.worker_ssh_user ?? SSH_USER,
    sshPort: entry.worker_ssh_port,
    taskDefinition: entry.worker_task_definition_arn ?? defaultFamily,
    ...(entry.worker_task_role_arn !== undefined && { taskRoleArn: entry.worker_task_role_arn }),
    buildsDir: entry.worker_builds_dir,
    capacity: entry.worker_capacity.map(capacityOf),
    ...(entry.worker_capacity_fallback !== undefined && { capacityFallback: entry.worker_capacity_fallback.map(capacityOf) }),
    ...(entry.worker_ephemeral_storage_gib !== undefined && { ephemeralStorageGiB: entry.worker_ephemeral_storage_gib }),
    proof: entry.worker_proof,
  };
}

function capacityOf(item: ParsedRunner['worker_capacity'][number]): CapacityConfig {
  return { provider: item.provider, weight: item.weight, ...(item.base !== undefined && { base: item.base }) };
}

/** The schema has let nothing but cluster ARNs through. */
function regionIn(clusterArn: string): string {
  const arn = parseArn(clusterArn);
  return 'fault' in arn ? '' : arn.region;
}
