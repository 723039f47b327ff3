import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { load } from './load.ts';
import { renderReport } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(lines: readonly string[]): string {
  const file = join(folder, 'runners.yaml');
  writeFileSync(file, lines.join('\n'));
  return renderReport(load({ file, env: {}, tokens: 'not needed' })).replaceAll(`${folder}/`, '');
}

const RUNNER = [
  '    worker_ecs_cluster_arn: arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  '    worker_subnet_id: subnet-0a1b2c3d',
  '    worker_security_group_id: sg-0a1b2c3d',
];

describe('the report', () => {
  it('of a good configuration counts nothing and names the runners', () => {
    const lines = [
      'gitlab_url: https://gitlab.example.com',
      'gitlab_runner_name_prefix: ci',
      'managers_configs:',
      '  dev:',
      '    tags: [a, b]',
      ...RUNNER,
    ];
    expect(report(lines)).toBe(
      [
        'runners.yaml: no problems',
        '',
        '1 runner for https://gitlab.example.com, at most 10 jobs at a time:',
        '  dev [a, b], limit 10, size of the task definition, eu-west-1',
      ].join('\n'),
    );
  });

  it('of a bad one has problems, then warnings, in the order of the file, with value, choice and cure', () => {
    const lines = [
      'gitlab_url: http://gitlab.example.com',
      'gitlab_runner_name_prefix: my ci',
      'managers_configs:',
      '  dev:',
      '    limit: x',
      ...RUNNER,
    ];
    expect(report(lines)).toBe(
      [
        'runners.yaml: 2 problems, 2 warnings',
        '',
        'Problems:',
        '',
        '  runners.yaml:2:1 gitlab_runner_name_prefix: the name prefix has characters that a runner name must not have [FR_CONFIG_NAME_PREFIX]',
        '    given:   my ci',
        '    allowed: letters, digits, "-", "_" and ".", at most 64, the first one a letter or a digit',
        '    do:      rename it',
        '',
        '  runners.yaml:5:5 managers_configs.dev.limit: this is not a whole number [FR_CONFIG_NOT_A_WHOLE_NUMBER]',
        '    given:   x',
        '    allowed: a whole number, also in quotes',
        '    do:      write digits only',
        '',
        'Warnings:',
        '',
        '  runners.yaml:1:1 gitlab_url: tokens and job logs travel to this address unencrypted [FR_CONFIG_URL_PLAIN]',
        '    given:   http://gitlab.example.com',
        '    do:      use https://',
        '',
        '  runners.yaml:4:3 managers_configs.dev: the runner has no tags and takes no untagged jobs, so no job can match it [FR_CONFIG_NO_TAGS]',
        '    do:      add tags, or set run_untagged: true',
      ].join('\n'),
    );
  });
});
