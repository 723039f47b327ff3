import { CodedError, type Problem, Secret } from '@fargate-gitlab-runner/kernel';
import type { SecretRequest, WebIdentity } from '../../secrets/secret-source.ts';
import { z } from 'zod';

/** One entry of a job's `secrets:`: which variable, and what it is to hold. `field`: of a JSON secret; absent: all of it. */
export interface SecretWish {
  readonly key: string;
  readonly isFile: boolean;
  readonly request: SecretRequest;
  readonly field?: string;
}

/** How a wish is read: variables are put in by `expand`; the region counts where the job names none. */
export interface WishReading {
  expand(text: string): string;
  readonly region: string;
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const server = z.object({ region: text, jwt: text, role_arn: text, role_session_name: text });

/** Source: GitLab runner API, `secrets`. */
const wishSchema = z.object({
  secret_id: z.string().min(1),
  version_id: text,
  version_stage: text,
  field: text,
  region: text,
  role_arn: text,
  role_session_name: text,
  server: server.nullish(),
});

const AWS = 'aws_secrets_manager';
const REGION = /^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/;
/** Source: AWS STS API reference, RoleSessionName. */
const NOT_IN_SESSION_NAMES = /[^\w+=,.@-]/g;

/**
 * Reads one entry of `secrets:`. A parameter of Parameter Store is named by its ARN as `secret_id`: GitLab has no keyword of its own for
 * it. Throws CodedError: `FR_SECRET_PROVIDER` for a provider that this runner doesn't know, `FR_SECRET_SETTINGS` for settings that make
 * no sense.
 */
export function secretWish(key: string, entry: Readonly<Record<string, unknown>>, reading: WishReading): SecretWish {
  const { file, ...providers } = entry;
  const [provider = 'none', ...others] = Object.keys(providers).filter((name) => providers[name] !== null);
  if (provider !== AWS || others.length > 0) throw new CodedError(unknownProvider(key, [provider, ...others]));
  const parsed = wishSchema.safeParse(providers[AWS]);
  if (!parsed.success) {
    const what = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new CodedError(settings(key, `${AWS} can't be read (${what})`));
  }
  const wish = expanded(parsed.data, reading);
  const request = requestOf(key, wish, reading);
  return { key, isFile: file !== false, request, ...(wish.field !== '' && { field: wish.field }) };
}

type Settings = Omit<z.output<typeof wishSchema>, 'server'> & { readonly jwt: string };

/** What stands at the secret itself wins over what GitLab took from the project's variables. */
function expanded({ server: given, ...own }: z.output<typeof wishSchema>, { expand }: WishReading): Settings {
  return {
    secret_id: expand(own.secret_id),
    version_id: expand(own.version_id),
    version_stage: expand(own.version_stage),
    field: expand(own.field),
    region: expand(own.region || given?.region || ''),
    role_arn: expand(own.role_arn || given?.role_arn || ''),
    role_session_name: expand(own.role_session_name || given?.role_session_name || ''),
    jwt: expand(given?.jwt ?? ''),
  };
}

function requestOf(key: string, wish: Settings, reading: WishReading): SecretRequest {
  const [, , service, regionOfArn = ''] = wish.secret_id.startsWith('arn:') ? wish.secret_id.split(':') : [];
  const region = wish.region || regionOfArn || reading.region;
  if (!REGION.test(region)) throw new CodedError(settings(key, `${JSON.stringify(region)} is not a region`));
  const identity = identityOf(key, wish, reading);
  return {
    service: service === 'ssm' ? 'ssm' : 'secretsmanager',
    region,
    id: wish.secret_id,
    ...(wish.version_id !== '' && { versionId: wish.version_id }),
    ...(wish.version_stage !== '' && { versionStage: wish.version_stage }),
    ...(identity && { identity }),
  };
}

/** A role without a token would be the manager's to assume: that is no business of a job's. */
function identityOf(key: string, wish: Settings, { expand }: WishReading): WebIdentity | undefined {
  if (wish.jwt === '' && wish.role_arn === '') return undefined;
  if (wish.jwt === '')
    throw new CodedError(settings(key, 'there is a role and no ID token for it', 'name the token: token: $<a name of id_tokens>'));
  if (wish.role_arn === '') throw new CodedError(settings(key, 'there is an ID token and no role for it', 'set the variable AWS_ROLE_ARN'));
  const name = wish.role_session_name || ['CI_JOB_ID', 'CI_PROJECT_ID', 'CI_SERVER_HOST'].map((each) => expand(`$${each}`)).join('-');
  return {
    roleArn: wish.role_arn,
    sessionName: name.replaceAll(NOT_IN_SESSION_NAMES, '-').slice(0, 64),
    token: new Secret(wish.jwt),
  };
}

function unknownProvider(key: string, names: readonly string[]): Problem {
  return {
    code: 'FR_SECRET_PROVIDER',
    at: `secrets: ${key}`,
    what: `this runner gets no secrets from ${names.join(' and ')}`,
    allowed: AWS,
    cure: 'keep the secret in AWS Secrets Manager or Parameter Store, or get it in the script by an ID token',
  };
}

function settings(
  key: string,
  what: string,
  cure = 'correct secrets: in .gitlab-ci.yml, or the variables that it takes its settings from',
): Problem {
  return { code: 'FR_SECRET_SETTINGS', at: `secrets: ${key}`, what, cure };
}
