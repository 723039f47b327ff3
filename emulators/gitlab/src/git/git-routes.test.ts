import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rig, startRig } from '../rig.test-double.ts';

const run = promisify(execFile);
const AS_SOMEBODY = ['-c', 'user.name=Somebody', '-c', 'user.email=some@example.invalid', '-c', 'commit.gpgsign=false'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-gitlab-'));
  await git(folder, 'init', '-q', '-b', 'main', 'work');
  for (let each = 0; each < 200; each++) await writeFile(join(folder, `work/file-${each}`), `content ${each}\n`);
  await writeFile(join(folder, 'work/.gitlab-ci.yml'), 'hello:\n  script: echo hello\n');
  await git(join(folder, 'work'), 'add', '.');
  await git(join(folder, 'work'), ...AS_SOMEBODY, 'commit', '-q', '-m', 'A title\n\nand more');
  await git(join(folder, 'work'), 'tag', 'v1');
  await git(folder, 'clone', '-q', '--bare', 'work', 'demo.git');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const environment = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null' };
  return (await run('git', args, { cwd, env: environment })).stdout;
}

async function startDemo(): Promise<Rig> {
  const rig = await startRig();
  await rig.gitlab.control.createProject({ path: 'acme/demo', repository: join(folder, 'demo.git') });
  return rig;
}

async function payloadOf(rig: Rig): Promise<{
  readonly git_info: { readonly repo_url: string; readonly refspecs: readonly string[]; readonly sha: string; readonly ref_type: string };
  readonly variables: readonly { key: string; value: string }[];
}> {
  return JSON.parse(await (await rig.runner.request()).text());
}

test('the real git fetches the refspecs of the payload with the token of the running job', async () => {
  await using rig = await startDemo();
  await rig.gitlab.control.enqueueJob({ project: 'acme/demo' });
  const { git_info: info, variables } = await payloadOf(rig);
  await git(folder, 'init', '-q', 'fetched');
  await git(join(folder, 'fetched'), 'fetch', '-q', '--depth', '20', info.repo_url, ...info.refspecs);
  await git(join(folder, 'fetched'), 'checkout', '-q', info.sha);
  expect(await readFile(join(folder, 'fetched/file-199'), 'utf8')).toBe('content 199\n');
  expect(variables).toContainEqual(expect.objectContaining({ key: 'CI_COMMIT_TITLE', value: 'A title' }));
});

test('a request body that git compresses arrives whole', async () => {
  await using rig = await startDemo();
  await rig.gitlab.control.enqueueJob({ project: 'acme/demo' });
  const { git_info: info } = await payloadOf(rig);
  await git(folder, 'init', '-q', 'busy');
  const importing = run('git', ['fast-import', '--quiet'], { cwd: join(folder, 'busy') });
  importing.child.stdin?.end(
    Array.from({ length: 100 }, (_, each) => `commit refs/heads/mine\ncommitter S <s@example.invalid> ${each} +0000\ndata 1\nx\n`).join(''),
  );
  await importing;
  await git(join(folder, 'busy'), 'fetch', '-q', info.repo_url, ...info.refspecs);
  const posts = (await rig.gitlab.control.requests()).filter(({ route, method }) => route === 'git' && method === 'POST');
  expect(posts.some(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true);
  expect(posts.map(({ headers, status }) => [headers['git-protocol'], status])).toEqual(posts.map(() => ['version=2', 200]));
});

test('without a token, or with a wrong one, git is asked for credentials', async () => {
  await using rig = await startDemo();
  await expect(git(folder, 'clone', `${rig.gitlab.url}/acme/demo.git`, 'none')).rejects.toThrow('could not read Username');
  const ask = (authorization: string) =>
    fetch(`${rig.gitlab.url}/acme/demo.git/info/refs?service=git-upload-pack`, { headers: { authorization } });
  const answer = await ask(`Basic ${Buffer.from('gitlab-ci-token:glcbt-wrong').toString('base64')}`);
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="GitLab"']);
});

test('a project may be read by the jobs of those that it names', async () => {
  await using rig = await startDemo();
  const repository = join(folder, 'demo.git');
  await rig.gitlab.control.createProject({ path: 'acme/shared', repository, readers: ['acme/demo'] });
  await rig.gitlab.control.createProject({ path: 'acme/closed', repository });
  await rig.gitlab.control.enqueueJob({ project: 'acme/demo' });
  const { git_info: info } = await payloadOf(rig);
  const cloned = (path: string) => git(folder, 'clone', '-q', info.repo_url.replace('acme/demo', path), path.replace('/', '-'));
  expect(await cloned('acme/shared')).toBe('');
  await expect(cloned('acme/closed')).rejects.toThrow('403');
});

test('the token stops working with the job, and never opens another project', async () => {
  await using rig = await startDemo();
  await rig.gitlab.control.createProject({ path: 'acme/other', repository: join(folder, 'demo.git') });
  const job = await rig.gitlab.control.enqueueJob({ project: 'acme/demo' });
  const { git_info: info } = await payloadOf(rig);
  const listing = () => git(folder, 'ls-remote', info.repo_url);
  await expect(git(folder, 'ls-remote', info.repo_url.replace('demo.git', 'other.git'))).rejects.toThrow('403');
  expect(await listing()).toContain('refs/pipelines/1');
  await rig.runner.finish(job, { state: 'success' });
  await expect(listing()).rejects.toThrow('403');
});

test('nobody can push', async () => {
  await using rig = await startDemo();
  await rig.gitlab.control.enqueueJob({ project: 'acme/demo' });
  const { git_info: info } = await payloadOf(rig);
  await expect(git(join(folder, 'work'), 'push', info.repo_url, 'HEAD:refs/heads/new')).rejects.toThrow('403');
});

test('a pipeline is made from the file in the commit; a tag is told from a branch', async () => {
  await using rig = await startDemo();
  const start = await rig.gitlab.control.createPipeline({ project: 'acme/demo', ref: 'v1', variables: [{ key: 'EXTRA', value: '1' }] });
  expect(start).toMatchObject({ kind: 'started', pipeline: { status: 'pending', jobs: [{ name: 'hello', status: 'pending' }] } });
  const { git_info: info, variables } = await payloadOf(rig);
  expect([info.ref_type, info.refspecs[1]]).toEqual(['tag', '+refs/tags/v1:refs/tags/v1']);
  expect(variables.map(({ key, value }) => `${key}=${value}`)).toEqual(expect.arrayContaining(['CI_COMMIT_TAG=v1', 'EXTRA=1']));
});

test('a commit that is not there is told in words of git', async () => {
  await using rig = await startDemo();
  await expect(rig.gitlab.control.createPipeline({ project: 'acme/demo', ref: 'nowhere' })).rejects.toThrow('FR_GITLAB_EMULATOR_GIT');
});
