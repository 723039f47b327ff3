import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import type { Directories } from './directories.ts';
import type { ResolvedVariable } from './resolved-variable.ts';
import type { JobStatus } from './variables.ts';

/** All that the script of a stage depends on. The host names are only printed. */
export interface ScriptContext {
  readonly payload: JobPayload;
  readonly variables: readonly ResolvedVariable[];
  readonly directories: Directories;
  readonly managerHostname: string;
  readonly workerHostname: string;
  /** What git tells the server about us. */
  readonly runnerVersion: string;
  /** How the user's script ended; only after_script shows it. */
  readonly jobStatus: JobStatus;
}
