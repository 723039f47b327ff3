import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { defineConfig } from './define-config.ts';
import { load } from './load.ts';
import { renderReport } from './report.ts';

/** Whatever is wrong, and wherever somebody put a token by mistake: no message, no report and no print of the result shows it. */
const folder = mkdtempSync(join(tmpdir(), 'config-secrecy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LETTERS = [...'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'];
const body = fc.array(fc.constantFrom(...LETTERS), { minLength: 17, maxLength: 24 }).map((letters) => letters.join(''));
/** Tokens of today, registration tokens, and old ones of 20 characters without a prefix. */
const token = fc.oneof(
  body.map((text) => `glrt-${text}`),
  body.map((text) => `glrt-t1_${text}.01.${text.toLowerCase()}`),
  body.map((text) => `GR1348941${text}`),
  body.map((text) => text.padEnd(20, 'Z').slice(0, 20)),
);

/** Documents with a token in a place where a token belongs, in every wrong way. */
const misplacements: readonly ((secret: string) => string)[] = [
  (secret) => `gitlab_token: ${secret}`,
  (secret) => `gitlab_token: [${secret}]`,
  (secret) => `gitlab_token: { a: { b: ${secret} } }`,
  (secret) => `gitlab_token: { a: ${secret}, b: ${secret} }`,
  (secret) => `gitlab_token: { ${secret}: a }`,
  (secret) => `gitlab_token: '{"a": "${secret}"'`,
  (secret) => `gitlab_token: "${secret}" ${secret}`,
  (secret) => `gitlab_token: *${secret}`,
  (secret) => `gitlab_token: !${secret} x`,
  (secret) => `gitlab_token: '${secret} ${secret}'`,
  (secret) => `gitlab_token_env: ${secret}`,
  (secret) => `gitlab_token_file: ${secret}`,
  (secret) => `gitlab_token: ${secret}\ngitlab_token_env: ${secret}`,
  (secret) => `gitlab_token: ${secret}\ngitlab_url: https://oauth2:${secret}@gitlab.example.com`,
  (secret) =>
    `gitlab_token: ${secret}\nmanagers_configs: { ${secret}: { worker_ssh_user: "${secret} ", environment: { A: "<${secret}>" } } }`,
  (secret) => `gitlab_token: ${secret}\n${secret}: 1`,
];

describe('secrets', () => {
  it.each(['yaml', 'json', 'toml'])('never show in what is said about a file of the kind %s', (ending) => {
    fc.assert(
      fc.property(token, fc.constantFrom(...misplacements), (secret, misplace) => {
        const path = join(folder, `case.${ending}`);
        writeFileSync(path, misplace(secret));
        const result = load({ file: path, env: { TOKEN: secret, GITLAB_REGISTRATION_TOKEN: secret } });
        expect(renderReport(result) + JSON.stringify(result) + inspect(result, { depth: 9 })).not.toContain(secret);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('never show in what is said about the environment', () => {
    fc.assert(
      fc.property(
        token,
        fc.constantFrom('GITLAB_URL', 'RUNNER_NAME_PREFIX', 'MANAGERS_CONFIGS', 'RUNNER_CONCURRENCY', 'WORKER_SSH_USER'),
        (secret, name) => {
          const env = { GITLAB_URL: 'x', MANAGERS_CONFIGS: '{"a": {}}', GITLAB_REGISTRATION_TOKEN: secret, [name]: ` ${secret}` };
          expect(renderReport(load({ env }))).not.toContain(secret);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  it('never show in an error of defineConfig', () => {
    expect(() =>
      defineConfig({ gitlab_url: 'x', gitlab_runner_name_prefix: 'ci', managers_configs: {}, gitlab_token: 'GR1348941abcdef' }),
    ).toThrow(expect.objectContaining({ message: expect.not.stringContaining('abcdef') }));
  });

  it('stay wrapped in the configuration', () => {
    const path = join(folder, 'fine.yaml');
    const worker =
      'worker_ecs_cluster_arn: "arn:aws:ecs:eu-west-1:111122223333:cluster/w", worker_subnet_id: subnet-0a1b2c3d, worker_security_group_id: sg-0a1b2c3d';
    writeFileSync(
      path,
      `gitlab_url: https://g.example.com\ngitlab_runner_name_prefix: ci\ngitlab_token: glrt-0123456789\nmanagers_configs: { a: { tags: [a], ${worker} } }`,
    );
    const result = load({ file: path, env: {} });
    expect(result.kind).toBe('config');
    expect(JSON.stringify(result) + inspect(result, { depth: 9 }) + renderReport(result)).not.toContain('0123456789');
  });
});
