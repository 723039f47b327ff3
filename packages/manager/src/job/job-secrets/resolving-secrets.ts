import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';
import { attemptsOf } from '../../shell/attempts.ts';
import { expand } from '../../shell/expansion.ts';
import { parseBoolean } from '../../shell/boolean.ts';
import { type ResolvedVariable, valueIn } from '../../shell/resolved-variable.ts';
import { resolveVariables } from '../../shell/variables.ts';
import type { SecretAnswer } from '../../secrets/secret-source.ts';
import type { RecordedSecret } from '../../store/job-record.ts';
import { retryPauseMs } from '../retry-pause.ts';
import { directoriesOf, runnerFactsOf } from '../drive/runner-facts-of.ts';
import { secretField } from './secret-field.ts';
import { isPermittedArn, mayBePermitted } from './secret-permit.ts';
import { type SecretWish, secretWish } from './secret-wish.ts';
import type { TracedJob } from '../drive/traced-job.ts';

/** A secret could not be had because nobody answered: no fault of the job's. */
export class SecretsUnavailable extends Error {}

/**
 * Gets what the job's `secrets:` ask for and records it, before there is a worker: a successor finds it in the record and asks nobody.
 * Throws CodedError for what the author or the operator has to mend, `SecretsUnavailable` for what is neither's fault.
 */
export async function resolveSecrets(traced: TracedJob, signal: AbortSignal): Promise<void> {
  const { job, say } = traced;
  const entries = Object.entries(job.record.payload.secrets);
  if (entries.length === 0 || job.record.secrets) return;
  const variables = resolveVariables(job.record.payload, runnerFactsOf(traced, directoriesOf(traced, '/')));
  say.info('secrets', 'Resolving secrets');
  const secrets: RecordedSecret[] = [];
  for (const [key, entry] of entries) {
    const wish = secretWish(key, entry, { region: traced.facts.runner.worker.region, expand: (text) => expandIn(variables, text, key) });
    say.plain(`secrets.${key}`, `Resolving secret ${JSON.stringify(key)} with aws_secrets_manager...`);
    const secret = await resolved(traced, { wish, variables }, signal);
    if (secret) secrets.push(secret);
  }
  await job.change(() => ({ secrets }), signal);
}

function expandIn(variables: readonly ResolvedVariable[], text: string, at: string): string {
  return expand(text, (name) => valueIn(variables, name), { at, limit: 100_000 });
}

async function resolved(
  traced: TracedJob,
  of: { readonly wish: SecretWish; readonly variables: readonly ResolvedVariable[] },
  signal: AbortSignal,
): Promise<RecordedSecret | undefined> {
  const { wish, variables } = of;
  const { jobSecretArns } = traced.tools.settings;
  const isOurs = wish.request.identity === undefined;
  if (isOurs && !mayBePermitted(jobSecretArns, wish.request)) throw new CodedError(notPermitted(wish));
  const answer = await readPatiently(traced, of, signal);
  if (answer.kind !== 'value') return withoutValue(traced, { wish, variables, ...answer });
  if (isOurs && !isPermittedArn(jobSecretArns, answer.arn)) throw new CodedError(notPermitted(wish));
  const part = wish.field === undefined ? answer : secretField(answer.value, wish.field);
  if ('cause' in part) return missing(traced, { wish, variables, cause: part.cause });
  return { key: wish.key, value: part.value, isFile: wish.isFile };
}

async function readPatiently(
  { tools, say }: TracedJob,
  { wish, variables }: { readonly wish: SecretWish; readonly variables: readonly ResolvedVariable[] },
  signal: AbortSignal,
): Promise<SecretAnswer> {
  const { attempts, warnings } = attemptsOf('SECRETS_RETRIEVAL_ATTEMPTS', variables);
  for (const sentence of warnings) say.warning('secrets.attempts', sentence);
  const isExponential = parseBoolean(valueIn(variables, 'FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY')) ?? true;
  for (let attempt = 1; ; attempt++) {
    const answer = await tools.secrets.read(wish.request, signal);
    if (answer.kind === 'value' || attempt >= attempts) return answer;
    say.warning(`secrets.${wish.key}.${attempt}`, `secret ${wish.key}: ${answer.cause}. Retrying...`);
    await tools.clock.sleep(retryPauseMs(attempt + 1, isExponential), signal);
  }
}

function withoutValue(
  traced: TracedJob,
  of: {
    readonly wish: SecretWish;
    readonly variables: readonly ResolvedVariable[];
    readonly kind: 'missing' | 'denied' | 'unavailable';
    readonly cause: string;
  },
): undefined {
  if (of.kind === 'missing') return missing(traced, of);
  if (of.kind === 'denied') throw new CodedError(denied(of.wish, of.cause));
  throw new SecretsUnavailable(`secret ${of.wish.key}: ${of.cause}`);
}

/** The author may go on without a secret that isn't there. */
function missing(
  { say }: TracedJob,
  of: { readonly wish: SecretWish; readonly variables: readonly ResolvedVariable[]; readonly cause: string },
): undefined {
  const { wish, variables, cause } = of;
  const isFatal = parseBoolean(valueIn(variables, 'FF_SECRET_RESOLVING_FAILS_IF_MISSING')) ?? true;
  if (isFatal) throw new CodedError(notThere(wish, cause));
  say.warning(`secrets.${wish.key}.missing`, `secret ${wish.key} is left out: ${cause}`);
}

function notThere({ key, request }: SecretWish, cause: string): Problem {
  const what = `there is no secret ${request.id} in ${request.region} (${cause})`;
  return { code: 'FR_SECRET_MISSING', at: `secrets: ${key}`, what, cure: 'correct its name, version or field in secrets:' };
}

function denied({ key, request }: SecretWish, cause: string): Problem {
  return {
    code: 'FR_SECRET_DENIED',
    at: `secrets: ${key}`,
    what: `${request.id} in ${request.region} may not be read (${cause})`,
    cure: request.identity
      ? `let the role ${request.identity.roleArn} trust this project's ID tokens and read the secret`
      : "the operator of the runner lets the manager's task role read the secret, and use its KMS key if it has one of its own",
  };
}

/** The manager's role reads what its operator has named, and never what a job would like it to. */
function notPermitted({ key, request }: SecretWish): Problem {
  return {
    code: 'FR_SECRET_NOT_PERMITTED',
    at: `secrets: ${key}`,
    what: `the operator of this runner has not named ${request.id} in ${request.region} as a secret that jobs may have`,
    cure: 'ask for it by an ID token and a role of your own (token: and AWS_ROLE_ARN), or the operator adds its ARN to job_secret_arns',
  };
}
