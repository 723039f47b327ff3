import type { Secret } from '@fargate-gitlab-runner/kernel';

/**
 * Port: where the secrets lie that jobs ask for, one try each. Whatever the service or the network answers is a value; only an aborted
 * signal throws, with its reason.
 */
export interface SecretSource {
  read(request: SecretRequest, signal: AbortSignal): Promise<SecretAnswer>;
}

/**
 * One secret. `id` is its name or ARN; in Secrets Manager a version or a stage of it may be meant, the current one when neither is given.
 * Without `identity` it is read by the manager's own role.
 */
export interface SecretRequest {
  readonly service: 'secretsmanager' | 'ssm';
  readonly region: string;
  readonly id: string;
  readonly versionId?: string;
  readonly versionStage?: string;
  readonly identity?: WebIdentity;
}

/** A role that the job's own ID token opens. `sessionName`: 2 to 64 of `[A-Za-z0-9_+=,.@-]`. */
export interface WebIdentity {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly token: Secret;
}

/**
 * `value`: with the ARN of what was read. `missing`: there is no such secret, or no such version. `denied`: the role, or the token, is
 * not good enough, or the service will not do this at all. `unavailable`: no answer that means anything; another try may do better.
 * Causes are sentences that may stand in a job log.
 */
export type SecretAnswer =
  | { readonly kind: 'value'; readonly arn: string; readonly value: Secret }
  | { readonly kind: 'missing' | 'denied' | 'unavailable'; readonly cause: string };
