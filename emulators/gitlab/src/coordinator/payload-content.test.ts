import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startRig } from '../rig.test-double.ts';

const run = promisify(execFile);

/** The payload of the only job of a pipeline file. */
async function payloadOf(yml: string): Promise<Record<string, unknown>> {
  await using rig = await startRig();
  const start = await rig.gitlab.control.createPipeline({ yml });
  expect(start).toMatchObject({ kind: 'started' });
  return JSON.parse(await (await rig.runner.request()).text());
}

test('every part of a job is in the payload, in the words of the runner API', async () => {
  const payload = await payloadOf(`
j:
  image: {name: ruby:3.4, entrypoint: [""], pull_policy: always, docker: {user: dave}}
  services:
    - postgres:16
    - {name: redis:7, alias: cache, command: [redis-server], variables: {A: 1}}
  before_script: [before]
  script: [one, two]
  after_script: [after]
  hooks: {pre_get_sources_script: [hook]}
  timeout: 10 minutes
  cache:
    - {key: gems-$CI_COMMIT_REF_SLUG, paths: [vendor/], fallback_keys: [gems]}
    - {paths: [tmp/], untracked: true, policy: pull, when: on_failure}
  artifacts:
    name: bundle
    paths: [out/]
    exclude: [out/*.tmp]
    expire_in: 1 week
    when: always
    reports: {junit: [a.xml], dotenv: b.env}
  secrets:
    PASSWORD: {vault: production/db/password@ops, file: false}
    KEY: {aws_secrets_manager: {secret_id: app/key, field: k}, token: $ID_TOKEN}
  release: {tag_name: v1, description: First}
`);
  expect(payload).toMatchObject({
    image: { name: 'ruby:3.4', entrypoint: [''], pull_policy: ['always'], executor_opts: { docker: { user: 'dave' } } },
    services: [
      { name: 'postgres:16', ports: [], executor_opts: {} },
      { name: 'redis:7', alias: 'cache', command: ['redis-server'], variables: [{ key: 'A', value: '1', public: true, raw: false }] },
    ],
    hooks: [{ name: 'pre_get_sources_script', script: ['hook'] }],
    runner_info: { timeout: 600 },
    cache: [
      {
        key: 'gems-$CI_COMMIT_REF_SLUG-non_protected',
        paths: ['vendor/'],
        untracked: false,
        policy: 'pull-push',
        when: 'on_success',
        fallback_keys: ['gems-non_protected'],
      },
      { key: 'default-non_protected', paths: ['tmp/'], untracked: true, policy: 'pull', when: 'on_failure', fallback_keys: [] },
    ],
    secrets: {
      PASSWORD: {
        vault: {
          server: { url: '$VAULT_SERVER_URL', auth: { name: 'jwt', data: { jwt: '$VAULT_ID_TOKEN' } } },
          engine: { name: 'kv-v2', path: 'ops' },
          path: 'production/db',
          field: 'password',
        },
        file: false,
      },
      KEY: { aws_secrets_manager: { secret_id: 'app/key', field: 'k', server: { jwt: '$ID_TOKEN', region: '$AWS_REGION' } } },
    },
  });
  expect(payload.artifacts).toEqual([
    {
      name: 'bundle',
      untracked: false,
      paths: ['out/'],
      exclude: ['out/*.tmp'],
      when: 'always',
      expire_in: '1 week',
      artifact_type: 'archive',
      artifact_format: 'zip',
    },
    { name: 'junit.xml', paths: ['a.xml'], when: 'always', expire_in: '1 week', artifact_type: 'junit', artifact_format: 'gzip' },
    { name: '.env', paths: ['b.env'], when: 'always', expire_in: '1 week', artifact_type: 'dotenv', artifact_format: 'gzip' },
  ]);
  expect(payload.steps).toEqual([
    { name: 'script', script: ['before', 'one', 'two'], timeout: 600, when: 'on_success', allow_failure: false },
    {
      name: 'release',
      script: ['release-cli create --description "First" --tag-name "v1"'],
      timeout: 600,
      when: 'on_success',
      allow_failure: false,
    },
    { name: 'after_script', script: ['after'], timeout: 600, when: 'always', allow_failure: true },
  ]);
});

test('a job that says nothing has an empty payload', async () => {
  const payload = await payloadOf('j: {script: x}\n');
  expect(payload).toMatchObject({ image: null, services: [], cache: [], artifacts: null, hooks: [] });
  expect(payload).not.toHaveProperty('secrets');
});

test('keys made of files are hashes over contents or commits, with their prefix, and default where there is no such file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-gitlab-'));
  try {
    const git = async (...words: readonly string[]) => {
      const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.hooksPath=/dev/null'];
      return (await run('git', [...who, ...words], { cwd: folder })).stdout.trim();
    };
    await git('init', '--quiet', '--initial-branch=main');
    await writeFile(
      join(folder, '.gitlab-ci.yml'),
      `
j:
  script: x
  cache:
    - {key: {files: [a.lock, b.lock], prefix: $CI_JOB_NAME}, paths: [p]}
    - {key: {files: ["*.lock"]}, paths: [p]}
    - {key: {files_commits: [a.lock, b.lock]}, paths: [p]}
    - {key: {files: [none]}, paths: [p]}
`,
    );
    for (const name of ['a.lock', 'b.lock']) {
      await writeFile(join(folder, name), name);
      await git('add', '--all');
      await git('commit', '--quiet', `--message=${name}`);
    }
    await using rig = await startRig();
    await rig.gitlab.control.createProject({ path: 'team/app', repository: join(folder, '.git'), protectedRefs: ['main'] });
    await rig.gitlab.control.createPipeline({ project: 'team/app' });
    const payload: { readonly cache: readonly { readonly key: string }[] } = JSON.parse(await (await rig.runner.request()).text());
    const hash = (ids: readonly string[]) => createHash('sha1').update(ids.toSorted().join('-')).digest('hex');
    const contents = hash([await git('rev-parse', 'HEAD:a.lock'), await git('rev-parse', 'HEAD:b.lock')]);
    const commits = hash([await git('rev-parse', 'HEAD~1'), await git('rev-parse', 'HEAD')]);
    expect(payload.cache.map(({ key }) => key)).toEqual([
      `$CI_JOB_NAME-${contents}-protected`,
      `1_*-${contents}-protected`,
      `2-${commits}-protected`,
      '3_none-default-protected',
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
