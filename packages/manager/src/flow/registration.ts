import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import type { RunnerAttributes } from '../coordinator/runner-management.ts';

/** What a runner is registered with, as it is configured. */
export function attributesOf({ registration, tags, runUntagged }: RunnerConfig): RunnerAttributes {
  return { ...registration, tags, runUntagged };
}
