import { CodedError, Secret } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretField } from './secret-field.ts';
import { isPermittedArn, mayBePermitted } from './secret-permit.ts';
import { secretWish } from './secret-wish.ts';

const values = new Map([
  ['STAGE', 'prd'],
  ['TOKEN', 'eyJ.signed'],
  ['CI_JOB_ID', '41'],
  ['CI_PROJECT_ID', '7'],
  ['CI_SERVER_HOST', 'gitlab.test:8080'],
]);
const reading = { region: 'eu-west-1', expand: (text: string) => text.replace(/\$\{?(\w+)\}?/g, (_, name) => values.get(name) ?? '') };
const wish = (aws_secrets_manager: object, more: object = {}) => secretWish('DB', { aws_secrets_manager, ...more }, reading);
const codeOf = (run: () => unknown) => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof CodedError ? error.code : error;
  }
};

describe('what a job asks for', () => {
  it('is a secret by name, in the region of the worker, into a file', () => {
    expect(wish({ secret_id: '$STAGE/db' })).toEqual({
      key: 'DB',
      isFile: true,
      request: { service: 'secretsmanager', region: 'eu-west-1', id: 'prd/db' },
    });
  });

  it('is a version, a stage, a field, another region, and a plain variable when it says so', () => {
    const settings = { secret_id: 'db', version_id: 'v1', version_stage: 'AWSPREVIOUS', field: 'password', region: 'us-east-1' };
    expect(wish({ ...settings, server: { region: 'eu-north-1' } }, { file: false })).toEqual({
      key: 'DB',
      isFile: false,
      field: 'password',
      request: { service: 'secretsmanager', region: 'us-east-1', id: 'db', versionId: 'v1', versionStage: 'AWSPREVIOUS' },
    });
    expect(wish({ secret_id: 'db', server: { region: 'eu-north-1' } }).request.region).toBe('eu-north-1');
  });

  it('is a parameter when its ARN is one; the ARN names the region', () => {
    const id = 'arn:aws:ssm:us-east-1:111122223333:parameter/ci/token';
    expect(wish({ secret_id: id }).request).toEqual({ service: 'ssm', region: 'us-east-1', id });
  });

  it("is had by the job's own token and role, under a name that AWS takes", () => {
    const { identity } = wish({ secret_id: 'db', server: { jwt: '$TOKEN', role_arn: 'arn:aws:iam::111122223333:role/$STAGE' } }).request;
    expect(identity).toMatchObject({ roleArn: 'arn:aws:iam::111122223333:role/prd', sessionName: '41-7-gitlab.test-8080' });
    expect(identity?.token.reveal()).toBe('eyJ.signed');
    expect(String(identity?.token)).not.toContain('signed');
  });

  it.each([
    ['vault', { vault: { path: 'x' } }],
    ['gcp_secret_manager', { gcp_secret_manager: { name: 'x' } }],
    ['azure_key_vault', { azure_key_vault: { name: 'x' } }],
    ['gitlab_secrets_manager', { gitlab_secrets_manager: {} }],
    ['two at once', { aws_secrets_manager: { secret_id: 'x' }, vault: {} }],
    ['nothing', { file: true }],
  ])('is refused from %s', (_name, entry) => {
    expect(codeOf(() => secretWish('DB', entry, reading))).toBe('FR_SECRET_PROVIDER');
  });

  it.each([
    ['no id', {}],
    ['an id of another type', { secret_id: ['x'] }],
    ['a region that would be another host', { secret_id: 'x', region: 'evil.example/' }],
    ['a role and no token', { secret_id: 'x', role_arn: 'arn:aws:iam::111122223333:role/ci' }],
    ['a token and no role', { secret_id: 'x', server: { jwt: '$TOKEN' } }],
  ])('is refused with %s', (_name, settings) => {
    expect(codeOf(() => wish(settings))).toBe('FR_SECRET_SETTINGS');
  });

  it('is refused or understood, whatever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('aws_secrets_manager', 'file', 'vault'), fc.anything()), (entry) => {
        const outcome = codeOf(() => secretWish('DB', entry, reading));
        expect(['FR_SECRET_PROVIDER', 'FR_SECRET_SETTINGS', undefined]).toContain(outcome);
      }),
    );
  });
});

describe('what jobs may have by the role of the manager', () => {
  const arn = (resource: string, service = 'secretsmanager') => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
  const patterns = [arn('secret:ci/*'), arn('secret:one-AbCdEf'), arn('secret:two-??????'), arn('parameter/ci/*', 'ssm')];
  const may = (id: string, service: 'secretsmanager' | 'ssm' = 'secretsmanager', region = 'eu-west-1') =>
    mayBePermitted(patterns, { service, region, id });

  it.each(['ci/db', 'one', 'two', arn('secret:ci/db-AbCdEf'), arn('secret:ci/db'), arn('secret:one')])('%s is asked for', (id) => {
    expect(may(id)).toBe(true);
  });

  it.each(['gitlab-tokens', 'ci', 'on', 'one-AbCdEg', 'twofold', arn('secret:prod/db-AbCdEf'), arn('secret:one-AbCdEg'), '*', 'c?/x'])(
    '%s is not',
    (id) => {
      expect(may(id)).toBe(false);
    },
  );

  it('neither is anything in another region, or of another service', () => {
    expect(may('ci/db', 'secretsmanager', 'us-east-1')).toBe(false);
    expect(may(arn('parameter/ci/x', 'ssm'), 'ssm')).toBe(true);
    expect(may(arn('parameter/prod/x', 'ssm'), 'ssm')).toBe(false);
    expect(mayBePermitted([], { service: 'secretsmanager', region: 'eu-west-1', id: 'ci/db' })).toBe(false);
  });

  it('the ARN that comes with the answer decides in the end', () => {
    expect(isPermittedArn(patterns, arn('secret:ci/db-AbCdEf'))).toBe(true);
    expect(isPermittedArn(patterns, 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:ci/db-AbCdEf')).toBe(false);
  });
});

describe('a field of a secret', () => {
  const secret = new Secret('{"user":"u","port":5432,"tls":true,"more":{"a":1}}');

  it.each([
    ['user', 'u'],
    ['port', '5432'],
    ['tls', 'true'],
  ])('%s is %s', (field, text) => {
    const part = secretField(secret, field);
    expect('value' in part && part.value.reveal()).toBe(text);
  });

  it.each([
    ['password', secret],
    ['more', secret],
    ['toString', secret],
    ['user', new Secret('not JSON with a password')],
    ['0', new Secret('["a"]')],
  ])('%s is none', (field, of) => {
    const part = secretField(of, field);
    expect('cause' in part && part.cause).not.toContain('password"with');
    expect('cause' in part).toBe(true);
  });
});
