import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import type { ArtifactWays } from './artifacts/artifact-ways.ts';
import type { CacheLinks } from './cache/cache-links.ts';
import type { Directories } from './directories.ts';
import type { ResolvedVariable } from './resolved-variable.ts';
import type { JobStatus } from './variables.ts';

/** Commands that the operator gives to every job of a runner, in the order they run; echoed like the author's own. */
export interface OperatorScripts {
  readonly preGetSources: readonly string[];
  readonly postGetSources: readonly string[];
  /** In the shell of the steps, before and after their commands; not around after_script. */
  readonly preBuild: readonly string[];
  readonly postBuild: readonly string[];
}

/** All that the script of a stage depends on. The host names are only printed. */
export interface ScriptContext {
  readonly payload: JobPayload;
  readonly variables: readonly ResolvedVariable[];
  readonly directories: Directories;
  readonly managerHostname: string;
  readonly workerHostname: string;
  /** What git tells the server about us. */
  readonly runnerVersion: string;
  /** What the operator wants run around the sources and the steps of every job. */
  readonly operatorScripts: OperatorScripts;
  /** Where repositories are had instead of at the URL that GitLab names; credentials are added by git's helper. */
  readonly cloneUrl?: string;
  /** The API of GitLab as the worker reaches it; ends in `/api/v4`. */
  readonly apiUrl: string;
  /** Which way the artifacts of the job go. */
  readonly artifactWays: ArtifactWays;
  /** How this stage reaches the caches of the job; only those of the cache need it. */
  readonly cacheLinks: CacheLinks;
  /** Who moves their archives. */
  readonly cacheWay: 'worker' | 'relay';
  /** How the user's script ended; only after_script shows it. */
  readonly jobStatus: JobStatus;
}
