import { describe, expect, it } from 'vitest';
import { load } from '../load.ts';

const entry = {
  tags: ['dev'],
  worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  worker_subnet_id: 'subnet-0a1b2c3d4e5f60718',
  worker_security_group_id: 'sg-0a1b2c3d4e5f60718',
};
const env = {
  ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/x',
  GITLAB_URL: 'https://gitlab.example.com',
  RUNNER_NAME_PREFIX: 'ci',
  MANAGERS_CONFIGS: JSON.stringify({ dev: entry }),
  GITLAB_REGISTRATION_TOKEN: 'glrt-0123456789',
  RUNNER_DEPLOYMENT: 'shop-dev-runner',
  JOB_STORE_BUCKET: 'jobs',
  JOB_STORE_REGION: 'eu-west-1',
  TELEMETRY_PORT: '9252',
};

describe('the environment of a deployed manager', () => {
  it('names its deployment, its job store in S3, and the port of its health', () => {
    const result = load({ env });
    expect(result.kind === 'config' && result.config).toMatchObject({
      deployment: 'shop-dev-runner',
      store: { kind: 's3', bucket: 'jobs', region: 'eu-west-1', credentials: 'ambient' },
      telemetry: { port: 9252 },
    });
  });

  it('names the bucket of the cache, which lies where the first runner does unless told otherwise', () => {
    const cacheOf = (more: Readonly<Record<string, string>>) => {
      const result = load({ env: { ...env, ...more } });
      return result.kind === 'config' ? result.config.cache : result;
    };
    const plain = { bucket: 'our-cache', region: 'eu-west-1', prefix: '', isShared: false, credentials: 'ambient' };
    expect(cacheOf({})).toBeUndefined();
    expect(cacheOf({ CACHE_BUCKET: 'our-cache', CACHE_PREFIX: '', CACHE_SHARED: '' })).toEqual(plain);
    expect(cacheOf({ CACHE_BUCKET: 'our-cache', CACHE_REGION: 'eu-west-3', CACHE_PREFIX: 'ci/dev', CACHE_SHARED: 'true' })).toEqual({
      ...plain,
      region: 'eu-west-3',
      prefix: 'ci/dev/',
      isShared: true,
    });
  });

  it('is found fault with in its own words', () => {
    const result = load({ env: { ...env, JOB_STORE_BUCKET: 's3://jobs', JOB_STORE_REGION: '', TELEMETRY_PORT: '70000' } });
    expect(result.kind === 'invalid' && result.problems.map(({ at, code }) => `${at} ${code}`)).toEqual([
      'JOB_STORE_BUCKET FR_CONFIG_BUCKET',
      'JOB_STORE_REGION FR_CONFIG_MISSING_KEY',
      'TELEMETRY_PORT FR_CONFIG_OUT_OF_RANGE',
    ]);
  });

  it('names the secrets that jobs may read as a list in JSON', () => {
    const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*';
    const result = load({ env: { ...env, JOB_SECRET_ARNS: JSON.stringify([arn]) } });
    expect(result.kind === 'config' && result.config.jobSecretArns).toEqual([arn]);
    const faulty = load({ env: { ...env, JOB_SECRET_ARNS: '["ci/*"]' } });
    expect(faulty.kind === 'invalid' && faulty.problems.map(({ at, code }) => `${at} ${code}`)).toEqual([
      'JOB_SECRET_ARNS[0] FR_CONFIG_JOB_SECRET_ARN',
    ]);
  });

  it('without a store is refused on ECS', () => {
    const result = load({ env: { ...env, JOB_STORE_BUCKET: '', JOB_STORE_REGION: '' } });
    expect(result.kind === 'invalid' && result.problems.map(({ code }) => code)).toEqual(['FR_CONFIG_STORE_ON_ECS']);
  });
});
