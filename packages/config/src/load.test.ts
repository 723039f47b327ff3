import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type LoadOptions, type LoadResult, load } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function places(result: LoadResult): string[] {
  const problems = result.kind === 'invalid' ? result.problems : [];
  return problems.map((problem) => `${problem.at?.replace(/^.*\//, '').split(' ')[0]} ${problem.code}`);
}

const GOOD = [
  'gitlab_url: https://gitlab.example.com',
  'gitlab_runner_name_prefix: ci',
  'managers_configs:',
  '  dev:',
  '    tags: [dev]',
  '    worker_ecs_cluster_arn: arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  '    worker_subnet_id: subnet-0a1b2c3d',
  '    worker_security_group_id: sg-0a1b2c3d',
];

describe('load', () => {
  it('reports six mistakes of one file at once, each with its line and column, in the order of the file', () => {
    const path = file('six.yaml', [
      'gitlab_url: gitlab.example.com',
      'gitlab_runner_name_prefix: my ci',
      'managers_configs:',
      '  dev_tool1:',
      '    tags: [dev, "tool 1"]',
      '    worker_cpu: 256',
      '    worker_memory: 4096',
      '    worker_ecs_cluster_arn: arn:aws:ecs:eu-west-1:eu-west-1:cluster/workers',
      '    worker_subnet_id: subnet-0a1b2c3d',
      '    worker_securty_group_id: sg-0a1b2c3d',
    ]);
    expect(places(load({ file: path, env: {}, tokens: 'not needed' }))).toEqual([
      'six.yaml:1:1 FR_CONFIG_URL',
      'six.yaml:2:1 FR_CONFIG_NAME_PREFIX',
      'six.yaml:5:17 FR_CONFIG_TAG',
      'six.yaml:7:5 FR_CONFIG_SIZE',
      'six.yaml:8:5 FR_CONFIG_CLUSTER_ARN',
      'six.yaml:10:5 FR_CONFIG_UNKNOWN_KEY',
    ]);
  });

  it('finds lines and columns in JSON and TOML too', () => {
    const json = file('two.json', ['{', '  "gitlab_url": "x",', '  "timing": { "drain_ms": -1 }', '}']);
    expect(places(load({ file: json, env: {}, tokens: 'not needed' }))).toEqual(
      expect.arrayContaining(['two.json:2:3 FR_CONFIG_URL', 'two.json:3:15 FR_CONFIG_OUT_OF_RANGE']),
    );
    const toml = file('two.toml', [
      'gitlab_url = "x"',
      '[[managers_configs]]',
      'manager_name = "a"',
      '[[managers_configs]]',
      '  limit = "x"',
      '',
      '[ timing ]',
      'drain_ms = -1',
    ]);
    expect(places(load({ file: toml, env: {}, tokens: 'not needed' }))).toEqual(
      expect.arrayContaining([
        'two.toml:1:1 FR_CONFIG_URL',
        'two.toml:2:1 FR_CONFIG_MISSING_KEY',
        'two.toml:5:3 FR_CONFIG_NOT_A_WHOLE_NUMBER',
        'two.toml:8:1 FR_CONFIG_OUT_OF_RANGE',
      ]),
    );
  });

  it('suggests the nearest known key', () => {
    const result = load({ file: file('near.yaml', [...GOOD, '    workerSshUser: ci', '    zebra: 1']), env: {}, tokens: 'not needed' });
    const cures = result.kind === 'invalid' ? result.problems.map((problem) => problem.cure) : [];
    expect(cures).toEqual(['did you mean worker_ssh_user?', 'remove it, or see docs/reference/configuration.md']);
  });

  it('resolves relative paths against the folder of the file', () => {
    mkdirSync(join(folder, 'certs'), { recursive: true });
    file('certs/ca.crt', ['-----BEGIN CERTIFICATE-----']);
    file('token', ['glrt-0123456789', '']);
    const path = file('paths.yaml', [...GOOD, 'store: { path: records }', 'ca_file: certs/ca.crt', 'gitlab_token_file: token']);
    const result = load({ file: path, env: {} });
    expect(result).toMatchObject({
      kind: 'config',
      config: { store: { path: join(folder, 'records') }, caFile: join(folder, 'certs/ca.crt') },
      warnings: [],
    });
    expect(result.kind === 'config' && result.config.runners[0]?.token.reveal()).toBe('glrt-0123456789');
  });

  it('takes tokens from the variable that is named, and else from the usual one', () => {
    const tokenOf = (options: LoadOptions) => {
      const result = load(options);
      return result.kind === 'config' ? result.config.runners[0]?.token.reveal() : result.problems;
    };
    const env = { MY_TOKEN: 'glrt-mine', GITLAB_REGISTRATION_TOKEN: '{"dev": "glrt-usual"}' };
    expect(tokenOf({ file: file('named.yaml', [...GOOD, 'gitlab_token_env: MY_TOKEN']), env })).toBe('glrt-mine');
    expect(tokenOf({ file: file('usual.yaml', GOOD), env })).toBe('glrt-usual');
  });

  it('lets overrides take the place of keys and whole sections', () => {
    const path = file('over.yaml', [...GOOD, 'timing: { drain_ms: 1 }', 'gitlab_runner_concurrency: x']);
    const result = load({
      file: path,
      env: {},
      tokens: 'not needed',
      overrides: { gitlab_runner_concurrency: 3, timing: { heartbeat_ms: 100 } },
    });
    expect(result).toMatchObject({ kind: 'config', config: { concurrency: 3, timing: { heartbeatMs: 100, drainMs: 10_000 } } });
  });

  it('freezes what it gives back', () => {
    const result = load({ file: file('frozen.yaml', GOOD), env: {}, tokens: 'not needed' });
    const config = result.kind === 'config' ? result.config : undefined;
    expect(
      [config, config?.timing, config?.runners, config?.runners[0], config?.runners[0]?.worker.capacity[0]].map(Object.isFrozen),
    ).toEqual(Array(5).fill(true));
  });
});

describe('the environment door', () => {
  const env = {
    GITLAB_URL: 'https://gitlab.example.com',
    RUNNER_NAME_PREFIX: 'ci',
    GITLAB_REGISTRATION_TOKEN: 'glrt-0123456789',
    MANAGERS_CONFIGS: JSON.stringify([
      {
        manager_name: 'dev',
        tag_list: 'dev',
        worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
        worker_subnet_id: 'subnet-0a1b2c3d',
        worker_security_group_id: 'sg-0a1b2c3d',
      },
    ]),
  };

  it('has the defaults of the predecessor: one job at a time, user root', () => {
    expect(load({ env })).toMatchObject({
      kind: 'config',
      name: 'the environment',
      config: { concurrency: 1, runners: [{ worker: { sshUser: 'root' } }] },
    });
  });

  it('reads every variable of the predecessor', () => {
    const result = load({ env: { ...env, RUNNER_CONCURRENCY: '4', WORKER_SSH_USER: 'ci', CA_CERTIFICATES_PATH: '/nowhere/ca.crt' } });
    expect(result).toMatchObject({
      kind: 'config',
      config: { concurrency: 4, caFile: '/nowhere/ca.crt', runners: [{ worker: { sshUser: 'ci' } }] },
      warnings: [{ at: 'CA_CERTIFICATES_PATH' }],
    });
  });

  it('names the variable in which a problem lies, all problems at once', () => {
    const result = load({
      env: {
        ...env,
        GITLAB_URL: 'x',
        RUNNER_CONCURRENCY: '0',
        MANAGERS_CONFIGS: '[{"limit": "x"}]',
        GITLAB_REGISTRATION_TOKEN: 'GR1348941x',
      },
    });
    const found = result.kind === 'invalid' ? result.problems.map((problem) => problem.at) : [];
    expect(new Set(found)).toEqual(
      new Set([
        'GITLAB_URL',
        'RUNNER_CONCURRENCY',
        'MANAGERS_CONFIGS[0].worker_ecs_cluster_arn',
        'MANAGERS_CONFIGS[0].limit',
        'MANAGERS_CONFIGS[0].worker_subnet_id',
        'MANAGERS_CONFIGS[0].worker_security_group_id',
        'MANAGERS_CONFIGS[0]',
      ]),
    );
  });

  it('goes on judging when MANAGERS_CONFIGS is not JSON', () => {
    const result = load({ env: { ...env, GITLAB_URL: 'x', MANAGERS_CONFIGS: 'dev' } });
    expect(places(result)).toEqual(['GITLAB_URL FR_CONFIG_URL', 'MANAGERS_CONFIGS:1:1 FR_CONFIG_SYNTAX']);
  });
});
