import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Clock, deadlineSignal, Secret } from '@fargate-gitlab-runner/kernel';
import type { SecretAnswer, SecretRequest, SecretSource, WebIdentity } from '../secret-source.ts';
import { secretFailureOf } from './secret-failure-of.ts';

/** How AWS is reached. */
export interface AwsSecretSourceOptions {
  readonly clock: Clock;
  /** Another address than AWS's own: the emulator's. */
  readonly endpoint?: string;
  /** Fixed credentials, for the emulator. The SDK's usual sources when absent. */
  readonly credentials?: Credentials;
  /** How long one secret may take, in milliseconds; 30,000 when absent. Source: GitLab runner, secrets. */
  readonly timeoutMs?: number;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Secrets Manager and Parameter Store through the AWS SDK: the only room that knows these clients. Clients are made for one secret and
 * ended with it: jobs with secrets are rare, and credentials of one job must never serve another.
 */
export class AwsSecretSource implements SecretSource {
  readonly #options: AwsSecretSourceOptions;

  constructor(options: AwsSecretSourceOptions) {
    this.#options = options;
  }

  async read(request: SecretRequest, signal: AbortSignal): Promise<SecretAnswer> {
    signal.throwIfAborted();
    const { clock, timeoutMs = 30_000 } = this.#options;
    using deadline = deadlineSignal(clock, timeoutMs, signal);
    try {
      return await this.#read(request, deadline.signal);
    } catch (error) {
      signal.throwIfAborted();
      return secretFailureOf(deadline.signal.aborted ? deadline.signal.reason : error);
    }
  }

  async #read(request: SecretRequest, abortSignal: AbortSignal): Promise<SecretAnswer> {
    const credentials = request.identity ? await this.#assume(request.region, request.identity, abortSignal) : this.#options.credentials;
    return request.service === 'ssm'
      ? this.#parameter(request, { credentials, abortSignal })
      : this.#secret(request, { credentials, abortSignal });
  }

  async #secret({ region, id, versionId, versionStage }: SecretRequest, by: CallSettings): Promise<SecretAnswer> {
    const client = new SecretsManagerClient(this.#settings(region, by.credentials));
    try {
      const command = new GetSecretValueCommand({ SecretId: id, VersionId: versionId, VersionStage: versionStage });
      const { ARN = '', SecretString } = await client.send(command, by);
      if (SecretString === undefined) return { kind: 'denied', cause: 'the secret is binary, and a variable is text' };
      return { kind: 'value', arn: ARN, value: new Secret(SecretString) };
    } finally {
      client.destroy();
    }
  }

  async #parameter({ region, id }: SecretRequest, by: CallSettings): Promise<SecretAnswer> {
    const client = new SSMClient(this.#settings(region, by.credentials));
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: id, WithDecryption: true }), by);
      return { kind: 'value', arn: Parameter?.ARN ?? '', value: new Secret(Parameter?.Value ?? '') };
    } finally {
      client.destroy();
    }
  }

  /** The call is not signed: the ID token is all the proof there is. */
  async #assume(region: string, { roleArn, sessionName, token }: WebIdentity, abortSignal: AbortSignal): Promise<Credentials> {
    const client = new STSClient(this.#settings(region, undefined));
    try {
      const command = new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        WebIdentityToken: token.reveal(),
      });
      const { Credentials: made } = await client.send(command, { abortSignal });
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = made ?? {};
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    } finally {
      client.destroy();
    }
  }

  #settings(region: string, credentials: Credentials | undefined) {
    const { endpoint } = this.#options;
    return { region, maxAttempts: 1, ...(endpoint !== undefined && { endpoint }), ...(credentials && { credentials }) };
  }
}

interface CallSettings {
  readonly credentials: Credentials | undefined;
  readonly abortSignal: AbortSignal;
}
