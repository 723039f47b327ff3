import type { ProxySettings } from '@fargate-gitlab-runner/config';
import { type Clock, type Random, type Secret, systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { GitlabApi } from './coordinator/gitlab-api.ts';
import { HttpRunnerManagement } from './coordinator/http-runner-management.ts';
import type { IssueVerdict, RunnerWish } from './coordinator/runner-management.ts';

/** What `createRunner` is told. */
export interface RunnerCreation {
  /** GitLab's own address, as people write it. */
  readonly gitlabUrl: string;
  /** A personal, group or project access token with the scope `create_runner`. */
  readonly personalToken: Secret;
  readonly wish: RunnerWish;
  /** PEM file with certificates that are trusted besides the usual ones. */
  readonly caFile?: string;
  readonly proxy?: ProxySettings;
  /** Ends the call with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * Creates a runner in GitLab, as "New runner" in its user interface does: for programs that set up a deployment. The token of the answer
 * begins with `glrt-`, is told this once, and is what `gitlab_token` wants to have. An answer of GitLab's is a verdict; what throws is an
 * address that can't be used (`FR_COORDINATOR_URL`, `FR_COORDINATOR_PROXY`) and the signal.
 * Source: GitLab users API, "Create a runner linked to a user" (`POST /api/v4/user/runners`).
 */
export async function createRunner(of: RunnerCreation): Promise<IssueVerdict> {
  const { clock = systemClock, random = systemRandom, signal = new AbortController().signal } = of;
  const settings = {
    url: of.gitlabUrl,
    systemId: NO_MANAGER,
    version: '0',
    revision: 'library',
    caFile: of.caFile,
    clientCertFile: undefined,
    clientKeyFile: undefined,
  };
  await using api = new GitlabApi({ ...settings, ...(of.proxy && { proxy: of.proxy }) }, { clock, random, onTlsTrouble: () => undefined });
  return await new HttpRunnerManagement(api).create(of.personalToken, of.wish, signal);
}

/** This call comes from no manager. */
const NO_MANAGER = 's_000000000000';
