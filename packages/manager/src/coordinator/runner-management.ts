import type { Secret } from '@fargate-gitlab-runner/kernel';

/**
 * Port: runners themselves, as GitLab keeps them. Every call answers with a verdict; only an aborted signal throws. Tokens that are
 * handed out stand in a `Secret` from here on. Source: GitLab runner API, runner management.
 */
export interface RunnerManagement {
  /** Registers a runner with a registration token (the old way). The token that is issued is the runner's own from then on. */
  register(registrationToken: Secret, attributes: RunnerAttributes, signal: AbortSignal): Promise<IssueVerdict>;
  /** Creates a runner with a personal access token that has the scope `create_runner`. Its token begins with `glrt-`. */
  create(personalToken: Secret, wish: RunnerWish, signal: AbortSignal): Promise<IssueVerdict>;
  /** Asks for a new token in exchange for this one, which stops working at once, for every manager that has it. */
  resetToken(token: Secret, signal: AbortSignal): Promise<IssueVerdict>;
  /** The same for the runner with this id, with a personal access token. */
  resetTokenOf(runnerId: string, personalToken: Secret, signal: AbortSignal): Promise<IssueVerdict>;
  /** Removes the runner that has this token, with all its managers. */
  unregister(token: Secret, signal: AbortSignal): Promise<RemoveVerdict>;
  /** Removes one manager of the runner; the runner and its other managers stay. */
  unregisterManager(token: Secret, systemId: string, signal: AbortSignal): Promise<RemoveVerdict>;
}

/** What a runner is registered with. `tags` empty: it takes untagged jobs, whatever `runUntagged` says, or it would take none. */
export interface RunnerAttributes {
  readonly description: string;
  readonly maintenanceNote?: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly locked: boolean;
  readonly paused: boolean;
  readonly accessLevel?: 'not_protected' | 'ref_protected';
  readonly maximumTimeoutS?: number;
}

/** Whose a new runner is. Ids as GitLab shows them. */
export type RunnerScope =
  | { readonly kind: 'instance' }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'project'; readonly id: string };

/** A runner to be created. */
export interface RunnerWish extends RunnerAttributes {
  readonly scope: RunnerScope;
}

/**
 * `issued`: here is a token; `id` where GitLab named it, `expiresAt` (milliseconds since the epoch) where it expires. `refused`: GitLab
 * won't, and asking again changes nothing.
 */
export type IssueVerdict =
  | { readonly kind: 'issued'; readonly token: Secret; readonly id?: string; readonly expiresAt?: number }
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'unavailable'; readonly cause: string };

/** `missing`: there was nothing to remove. */
export type RemoveVerdict =
  | { readonly kind: 'removed' }
  | { readonly kind: 'missing'; readonly cause: string }
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'unavailable'; readonly cause: string };
