import type { Environment } from '@fargate-gitlab-runner/config';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import type { Output } from './output.ts';

/** What `register` and `unregister` are told. `runners`: names, or all of them. `interrupted` ends it early. */
export interface RegistrarInput {
  readonly config?: string;
  readonly runners: readonly string[] | 'all';
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly interrupted: AbortSignal;
}
