import { Secret, systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { SecretAnswer, SecretRequest, SecretSource } from '../../secrets/secret-source.ts';
import { MemoryJobStore } from '../../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import { driveToTheEnd } from '../drive-to-the-end.test-double.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ci/db-AbCdEf';
const VALUE: SecretAnswer = { kind: 'value', arn: ARN, value: new Secret('hunter2-in-clear') };

/** Gives these answers, then the last of them for ever, and remembers what it was asked. */
class ScriptedSecrets implements SecretSource {
  readonly asked: SecretRequest[] = [];
  readonly #answers: SecretAnswer[];

  constructor(...answers: SecretAnswer[]) {
    this.#answers = answers;
  }

  async read(request: SecretRequest): Promise<SecretAnswer> {
    this.asked.push(request);
    return (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? { kind: 'missing', cause: 'nothing is here' };
  }
}

interface Wishes {
  readonly source?: ScriptedSecrets;
  readonly permitted?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly entry?: Readonly<Record<string, unknown>>;
  readonly reasons?: readonly string[];
}

async function drive(wishes: Wishes = {}) {
  const { source = new ScriptedSecrets(VALUE), permitted = [ARN], variables = {}, reasons = [] } = wishes;
  const { payload } = sampleRecord();
  const entry = wishes.entry ?? { aws_secrets_manager: { secret_id: 'ci/db' }, file: false };
  const given = Object.entries(variables).map(([key, value]) => ({ key, value, public: true, masked: false, file: false, raw: false }));
  const store = new MemoryJobStore(systemClock);
  const changed = {
    ...payload,
    secrets: { DB: entry },
    variables: [...payload.variables, ...given],
    features: { ...payload.features, failure_reasons: [...reasons] },
  };
  const written: string[] = [];
  const create = store.replace.bind(store);
  store.replace = (record, version) => {
    written.push(...(record.secrets ?? []).map(({ key, isFile, value }) => `${key} ${isFile} ${value.reveal()}`));
    return create(record, version);
  };
  const calls = await driveToTheEnd([], {
    changes: { payload: changed, deadlineAt: systemClock.now() + 3_600_000 },
    tools: { secrets: source, store },
    settings: { jobSecretArns: permitted },
  });
  const log = calls.map((call) => ('patch' in call ? call.patch : '')).join('');
  const end = calls.flatMap((call) => ('put' in call ? [call.put] : [])).at(-1);
  return { log, end, source, written };
}

describe('secrets of a job', () => {
  it('are recorded before a worker is asked for, and never printed', async () => {
    const { log, written, source } = await drive();
    expect(written[0]).toBe('DB false hunter2-in-clear');
    expect(log.indexOf('Resolving secrets')).toBeLessThan(log.indexOf('Placing the job'));
    expect(log.indexOf('Resolving secrets')).toBeGreaterThan(log.indexOf('Running with'));
    expect(log).not.toContain('hunter2');
    expect(source.asked).toHaveLength(1);
  });

  it('that nobody has permitted are not even asked for, and the log says what to do', async () => {
    const { log, end, source } = await drive({ permitted: [], reasons: ['runner_configuration_error'] });
    expect(source.asked).toEqual([]);
    expect(end).toMatchObject({ state: 'failed', failure_reason: 'runner_configuration_error' });
    expect(log).toContain('FR_SECRET_NOT_PERMITTED');
    expect(log).toContain('job_secret_arns');
    expect(log).not.toContain('Placing the job');
  });

  it('that turn out to be others than those permitted go no further', async () => {
    const other: SecretAnswer = { ...VALUE, arn: 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:ci/db-AbCdEf' };
    const { log, written } = await drive({ source: new ScriptedSecrets(other) });
    expect(log).toContain('FR_SECRET_NOT_PERMITTED');
    expect(written).toEqual([]);
  });

  it("need no permission where the job's own token and role read them", async () => {
    const server = { jwt: 'eyJ.token', role_arn: 'arn:aws:iam::111122223333:role/ci' };
    const { written, source } = await drive({ permitted: [], entry: { aws_secrets_manager: { secret_id: 'ci/db', server } } });
    expect(written[0]).toBe('DB true hunter2-in-clear');
    expect(source.asked[0]?.identity?.roleArn).toBe('arn:aws:iam::111122223333:role/ci');
  });

  it('are tried as often as SECRETS_RETRIEVAL_ATTEMPTS says', async () => {
    const source = new ScriptedSecrets({ kind: 'unavailable', cause: 'ECONNREFUSED' }, VALUE);
    const flag = { FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY: 'false' };
    const { log, written } = await drive({ source, variables: { SECRETS_RETRIEVAL_ATTEMPTS: '2', ...flag } });
    expect(written[0]).toBe('DB false hunter2-in-clear');
    expect(log).toContain('ECONNREFUSED. Retrying...');
  });

  it.each([
    ['unavailable', 'runner_external_dependency_failure', 'ECONNREFUSED'],
    ['denied', 'runner_configuration_error', 'FR_SECRET_DENIED'],
    ['missing', 'runner_configuration_error', 'FR_SECRET_MISSING'],
  ] as const)('that are %s end the job as %s', async (kind, reason, word) => {
    const source = new ScriptedSecrets({ kind, cause: 'ECONNREFUSED' });
    const { log, end } = await drive({ source, reasons: ['runner_external_dependency_failure', 'runner_configuration_error'] });
    expect(end).toMatchObject({ state: 'failed', failure_reason: reason });
    expect(log).toContain(word);
  });

  it('that are missing are left out where the author says so', async () => {
    const source = new ScriptedSecrets({ kind: 'missing', cause: 'nothing is here' });
    const { log } = await drive({ source, variables: { FF_SECRET_RESOLVING_FAILS_IF_MISSING: 'false' } });
    expect(log).toContain('secret DB is left out: nothing is here');
    expect(log).toContain('Placing the job');
  });

  it('from a provider that we do not know end the job with that reason', async () => {
    const { log, end } = await drive({ entry: { vault: { path: 'x' } }, reasons: ['runner_configuration_error'] });
    expect(log).toContain('this runner gets no secrets from vault');
    expect(end).toMatchObject({ failure_reason: 'runner_configuration_error' });
  });
});
