import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { featuresOf, type RunnerFeature, type RunnerInfo } from '@fargate-gitlab-runner/protocol';

/** What this manager promises GitLab. A feature is listed here once it is kept, never before. */
const KEPT: readonly RunnerFeature[] = [
  'variables',
  'raw_variables',
  'masking',
  'refspecs',
  'multi_build_steps',
  'return_exit_code',
  'cancelable',
  'cancel_gracefully',
  'trace_reset',
  'trace_checksum',
  'trace_size',
  'two_phase_job_commit',
  'artifacts',
  'cache',
  'fallback_cache_keys',
  'artifacts_exclude',
  'upload_multiple_artifacts',
  'upload_raw_artifacts',
  /** GitLab's one flag for every kind of `secrets:`; what we can't get is refused with its reason. */
  'vault_secrets',
  'job_inputs',
];

/** Go's names of processor types, which GitLab shows and other runners send. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm64: 'arm64' };

/** Version and revision of this program. */
export interface ManagerVersion {
  readonly version: string;
  readonly revision: string;
}

/** The `info` block of this manager, the same in every call. */
export function managerInfo({ version, revision }: ManagerVersion, labels: Readonly<Record<string, string>> = {}): RunnerInfo {
  return {
    name: PROGRAM_NAME,
    version,
    revision,
    platform: process.platform,
    architecture: architecture(),
    executor: 'custom',
    shell: 'sh',
    features: featuresOf(KEPT),
    config: { gpus: '' },
    ...(Object.keys(labels).length > 0 && { labels }),
  };
}

/** `<name> <version> (<revision>; <runtime>; <os>/<arch>)`, the form that GitLab's own logs know. */
export function userAgentOf({ version, revision }: ManagerVersion): string {
  return `${PROGRAM_NAME} ${version} (${revision}; node ${process.versions.node}; ${process.platform}/${architecture()})`;
}

function architecture(): string {
  return ARCHITECTURES[process.arch] ?? process.arch;
}
