import { matchesArn } from '@fargate-gitlab-runner/blueprint';
import type { Random } from '@fargate-gitlab-runner/kernel';
import type { SigningKey } from './proved-caller.ts';
import { ServiceError } from './service-error.ts';

/** A role that whoever shows this ID token may take, and the ARNs (with `*` and `?`) that it may read. */
export interface TrustInput {
  readonly roleArn: string;
  readonly token: string;
  readonly resources: readonly string[];
}

/** Who there is, and what they may read: fixed keys, which may read everything that is not denied, and roles that are assumed. */
export class Identities {
  readonly #fixed: ReadonlyMap<string, string>;
  readonly #random: Random;
  readonly #trusts: TrustInput[] = [];
  readonly #assumed = new Map<string, { readonly key: SigningKey; readonly trust: TrustInput; readonly name: string }>();
  #denied: readonly string[] = [];

  constructor(fixed: ReadonlyMap<string, string>, random: Random) {
    this.#fixed = fixed;
    this.#random = random;
  }

  trust(input: TrustInput): void {
    this.#trusts.push(input);
  }

  /** What the fixed keys may not read from now on, as `<action>` or ARN patterns, in place of what was denied before. */
  deny(patterns: readonly string[]): void {
    this.#denied = patterns;
  }

  keyOf(accessKey: string): SigningKey | undefined {
    const secret = this.#fixed.get(accessKey);
    return secret === undefined ? this.#assumed.get(accessKey)?.key : { secret };
  }

  mayRead(of: { readonly accessKey: string; readonly action: string; readonly resource: string }): boolean {
    const assumed = this.#assumed.get(of.accessKey);
    if (assumed) return assumed.trust.resources.some((pattern) => matchesArn(pattern, of.resource));
    return !this.#denied.some((pattern) => pattern === of.action || matchesArn(pattern, of.resource));
  }

  /** How an error names the caller. */
  nameOf(accessKey: string): string {
    return this.#assumed.get(accessKey)?.name ?? `arn:aws:iam::000000000000:user/${accessKey}`;
  }

  /** AssumeRoleWithWebIdentity, as XML. Source: AWS STS API reference. */
  assume(form: URLSearchParams, now: number): string {
    const roleArn = form.get('RoleArn') ?? '';
    const session = form.get('RoleSessionName') ?? '';
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
      throw new ServiceError('ValidationError', "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint");
    }
    const trust = this.#trusts.find((one) => one.roleArn === roleArn && one.token === form.get('WebIdentityToken'));
    if (!trust) throw new ServiceError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
    const accessKey = `ASIA${this.#random.hex(8).toUpperCase()}`;
    const key = { secret: this.#random.hex(20), sessionToken: this.#random.hex(32) };
    const name = `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`;
    this.#assumed.set(accessKey, { key, trust, name });
    const expires = new Date(now + 3_600_000).toISOString();
    return [
      '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>',
      `<Credentials><AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>${key.secret}</SecretAccessKey>`,
      `<SessionToken>${key.sessionToken}</SessionToken><Expiration>${expires}</Expiration></Credentials>`,
      '</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>',
    ].join('');
  }
}
