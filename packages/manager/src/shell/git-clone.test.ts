import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitOrigin } from './git-origin.contract.ts';
import { JOB_TOKEN, type JobWishes, type Shell, SHELLS, WorkerRig } from './worker-rig.contract.ts';

let origin: GitOrigin;
beforeAll(async () => {
  origin = await GitOrigin.start(JOB_TOKEN);
});
afterAll(() => origin[Symbol.asyncDispose]());

const hasRevisions = execFileSync('sh', ['-c', 'git clone -h 2>&1 || true']).toString().includes('--revision');

/** What `git clone --revision` does, for a git that does not know it yet. */
const REVISION = `take() { while [ $# -gt 0 ]; do case $1 in
  clone) url=$3 folder=$4 ;;
  --template) template=$2 ;;
  --depth) depth=$2 ;;
  --revision) revision=$2 ;;
esac; shift; done; }
case " $* " in *' clone '*' --revision '*)
  take "$@"
  /usr/bin/git init -q --template "$template" "$folder" && cd "$folder" && /usr/bin/git remote add origin "$url"
  /usr/bin/git fetch -q --no-tags --depth "$depth" origin "$revision" && exec /usr/bin/git update-ref --no-deref HEAD FETCH_HEAD
esac`;

/** A worker whose `git` says that it is of this version, and writes down its arguments before it works. */
async function aWorker(shell: Shell, version: string) {
  const rig = await WorkerRig.start(shell);
  const bin = join(rig.folder, 'bin');
  await mkdir(bin);
  const said = `if [ "$*" = version ]; then echo 'git version ${version}'; exit; fi`;
  const log = `echo "$*" >> '${rig.folder}/git-calls'`;
  const lines = ['#!/bin/sh', said, log, ...(hasRevisions ? [] : [REVISION]), 'exec /usr/bin/git "$@"', ''];
  await writeFile(join(bin, 'git'), lines.join('\n'));
  await chmod(join(bin, 'git'), 0o755);
  const project = join(rig.builds, 'group/project');
  return {
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    project,
    get: (git: object, settings: Readonly<Record<string, string>>) =>
      rig.stages(aClone(git, settings), ['get_sources'], { env: { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` } }),
    calls: async () => (await readFile(join(rig.folder, 'git-calls'), 'utf8')).split('\n'),
    file: (name: string) => readFile(join(project, name), 'utf8').catch(() => undefined),
  };
}

/** Without LFS, which finds no packs below a path with a backslash. */
const NATIVE = { GIT_STRATEGY: 'clone', FF_USE_GIT_NATIVE_CLONE: 'true', GIT_LFS_SKIP_SMUDGE: 'true' };

function aClone(git: object, settings: Readonly<Record<string, string>>): JobWishes {
  const git_info = {
    repo_url: origin.urlFor(JOB_TOKEN),
    ref: 'main',
    sha: origin.sha,
    refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
    depth: 2,
    ...git,
  };
  const variables = Object.entries({ ...NATIVE, ...settings }).map(([key, value]) => ({ key, value }));
  return { allow_git_fetch: true, git_info, variables };
}

const COLOURS = ['\x1b[32;1m', '\x1b[31;1m', '\x1b[0;33m', '\x1b[0;m'] as const;

function plain(text: string): string {
  return COLOURS.reduce((rest, colour) => rest.replaceAll(colour, ''), text);
}

describe.each(SHELLS)('a native clone under $name', (shell) => {
  it('is one git clone of the branch, with the flags of the job and without the token', async () => {
    await using worker = await aWorker(shell, '2.49.0');
    const { code, output } = await worker.get({}, { GIT_CLONE_EXTRA_FLAGS: '--quiet  --no-tags' });
    expect(plain(output).split('\n')).toEqual([
      'Cloning repository for main with git depth set to 2...',
      `Checking out ${origin.sha.slice(0, 8)} as detached HEAD (ref is main)...`,
      'Skipping Git submodules setup',
      '',
    ]);
    const url = origin.urlFor('x').replace(/\/\/.*@/, '//');
    const template = `${worker.project}.tmp/git-template`;
    expect([code, ...(await worker.calls())]).toEqual([
      0,
      `-c http.userAgent=fargate-gitlab-runner 1.2.3 clone --no-checkout ${url} ${worker.project} --template ${template} --depth 2 --branch main --quiet --no-tags`,
      `cat-file -e ${origin.sha}^{commit}`,
      `-c submodule.recurse=false checkout -f -q ${origin.sha}`,
      'clean -ffdx',
      '',
    ]);
    expect(await worker.file('file.txt')).toBe('three\n');
    expect([...origin.clients]).toContain('fargate-gitlab-runner 1.2.3');
    expect(await worker.file('.git/config')).not.toContain(JOB_TOKEN);
  });

  it('has the ref of a merge request by --revision, and all history at depth 0', async () => {
    await using worker = await aWorker(shell, '3.0');
    expect((await worker.get({ ref: 'refs/merge-requests/5/head' }, {})).code).toBe(0);
    expect((await worker.calls())[0]).toMatch(/ --depth 2 --revision refs\/merge-requests\/5\/head$/);
    expect(await worker.file('file.txt')).toBe('three\n');
    const all = await worker.get({ depth: 0 }, {});
    expect([all.code, plain(all.output).startsWith('Cloning repository for main...\n')]).toEqual([0, true]);
    expect((await worker.calls()).some((call) => / --template \S.* --branch main$/.test(call) && !call.includes('--depth'))).toBe(true);
  });

  it('fetches what the ref had when the pipeline was made, where it has moved since', async () => {
    await using worker = await aWorker(shell, '2.49.0');
    const moved = { sha: origin.earlierSha, depth: 1, refspecs: ['+refs/pipelines/7:refs/pipelines/7'] };
    expect((await worker.get(moved, {})).code).toBe(0);
    expect(await worker.file('file.txt')).toBe('two\n');
  });

  it('is a fetch in a worker whose git is older, which the log says, and for another strategy', async () => {
    await using worker = await aWorker(shell, '2.48.1 (Some Build)');
    const older = await worker.get({}, { GIT_CLONE_EXTRA_FLAGS: '--no-such-flag' });
    expect([older.code, plain(older.output).split('\n').slice(0, 2)]).toEqual([
      0,
      [
        'FF_USE_GIT_NATIVE_CLONE needs git 2.49, and the one of this worker is older: fetching instead.',
        'Fetching changes with git depth set to 2...',
      ],
    ]);
    const fetched = await worker.get({}, { GIT_STRATEGY: 'fetch' });
    expect([fetched.code, fetched.output.includes('NATIVE')]).toEqual([0, false]);
    expect((await worker.calls()).filter((call) => / clone /.test(call))).toEqual([]);
  });

  it('fails the stage with the words of git', async () => {
    await using worker = await aWorker(shell, '2.49.0');
    const { code, output } = await worker.get({}, { GIT_CLONE_EXTRA_FLAGS: '--no-such-flag' });
    expect([code, output.includes('no-such-flag')]).toEqual([129, true]);
  });
});
