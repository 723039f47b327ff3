import type { AwsOptionsInput } from '@fargate-gitlab-runner/emulator-aws';
import type { EmulatorSettings, GitLabControl } from '@fargate-gitlab-runner/emulator-gitlab';
import type { RigStoreKind } from './rig-records.ts';

/** One runner of a rig's managers. */
export interface RigRunner {
  readonly name: string;
  readonly tags: readonly string[];
  readonly limit?: number;
  /** Its token, or how to get one from the GitLab that was started; left out: the runner is made there. */
  readonly token?: string | ((control: GitLabControl) => Promise<string>);
  /** Keys of the runner's entry that are not the rig's business. */
  readonly entry?: Readonly<Record<string, unknown>>;
}

/** What a rig is made with; everything has a default that is quick. */
export interface RigOptions {
  readonly gitlab?: Partial<EmulatorSettings>;
  readonly aws?: AwsOptionsInput;
  /** One per runner; the default is one runner with tag `e2e` that takes untagged jobs too. */
  readonly runners?: readonly RigRunner[];
  /** Whether there is a second task definition, `SLIM_FAMILY`, whose workers have no curl, zip and unzip. */
  readonly hasSlimWorkers?: boolean;
  /** `directory` when absent. */
  readonly store?: RigStoreKind;
  /** Keys of the configuration file that are not the rig's business. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where managers reach GitLab and AWS (ECS and S3) when not directly: base URLs, such as those of proxies. */
  readonly through?: { readonly gitlab: string; readonly aws: string };
}
