import { appendFile, chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitOrigin } from './git-origin.contract.ts';
import { JOB_TOKEN, type JobWishes, type Shell, SHELLS, WorkerRig } from './worker-rig.contract.ts';

let origin: GitOrigin;
beforeAll(async () => {
  origin = await GitOrigin.start(JOB_TOKEN);
});
afterAll(() => origin[Symbol.asyncDispose]());

type Variables = Readonly<Record<string, string>>;

/** A job whose sources are on the test's git server. */
function sources(git: object = {}, settings: Variables = {}, more: JobWishes = {}): JobWishes {
  return {
    allow_git_fetch: true,
    git_info: {
      repo_url: origin.urlFor(JOB_TOKEN),
      ref: 'main',
      sha: origin.sha,
      refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
      depth: 20,
      ...git,
    },
    variables: [
      { key: 'CI_JOB_TOKEN', value: JOB_TOKEN, masked: true },
      ...Object.entries(settings).map(([key, value]) => ({ key, value })),
    ],
    ...more,
  };
}

/** A worker whose `git` writes down its arguments before it works, and which reaches the server by HTTP or by a short cut. */
async function aWorker(shell: Shell, way: 'short cut' | 'http' = 'short cut') {
  const rig = await WorkerRig.start(shell);
  if (way === 'short cut') await writeFile(join(rig.folder, '.gitconfig'), origin.shortCut);
  const bin = join(rig.folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'git'), `#!/bin/sh\necho "$*" >> ${rig.folder}/git-calls\nexec /usr/bin/git "$@"\n`);
  await chmod(join(bin, 'git'), 0o755);
  const project = join(rig.builds, 'group/project');
  const env = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` };
  return {
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    rig,
    project,
    get: (wishes: JobWishes) => rig.stages(wishes, ['get_sources'], { env }),
    step: (wishes: JobWishes, script: readonly string[]) =>
      rig.stages({ ...wishes, steps: [{ name: 'script', script }] }, ['step_script'], { env }),
    calls: async () => await readFile(join(rig.folder, 'git-calls'), 'utf8').catch(() => ''),
    file: (name: string) => readFile(join(project, name), 'utf8').catch(() => undefined),
  };
}

const COLOURS = ['\x1b[32;1m', '\x1b[31;1m', '\x1b[0;33m', '\x1b[0;m'] as const;

/** Text without our colours. */
function plain(text: string): string {
  return COLOURS.reduce((rest, colour) => rest.replaceAll(colour, ''), text);
}

describe.each(SHELLS)('get_sources under $name', (shell) => {
  it('33. fetches to the depth asked for and says what it does, in the words of GitLab', async () => {
    await using worker = await aWorker(shell, 'http');
    const { code, output } = await worker.get(sources({ depth: 2 }));
    expect(code).toBe(0);
    expect(plain(output).split('\n')).toEqual([
      'Fetching changes with git depth set to 2...',
      `Initialized empty Git repository in ${worker.project}/.git/`,
      'Created fresh repository.',
      `Checking out ${origin.sha.slice(0, 8)} as detached HEAD (ref is main)...`,
      'Skipping Git submodules setup',
      '',
    ]);
    expect(await worker.calls()).toContain(
      'fetch origin --no-recurse-submodules +refs/heads/main:refs/remotes/origin/main --depth 2 --prune --quiet\n',
    );
    expect(await worker.step(sources(), ['git log --oneline | wc -l'])).toMatchObject({ output: expect.stringMatching(/\n *2\n$/) });
    expect([await worker.file('file.txt'), origin.clients]).toEqual(['three\n', new Set(['fargate-gitlab-runner 1.2.3'])]);
  });

  it('33. makes a shallow checkout whole when the depth is 0', async () => {
    await using worker = await aWorker(shell);
    await worker.get(sources({ depth: 1 }));
    const { code, output } = await worker.get(sources({ depth: 0 }));
    expect([code, plain(output).startsWith('Fetching changes...\n'), output.includes('fresh')]).toEqual([0, true, false]);
    expect(await worker.calls()).toContain(' --unshallow --prune --quiet\n');
    await worker.get(sources({ depth: 0 }));
    expect((await worker.calls()).match(/--unshallow/g)).toHaveLength(1);
  });

  it('34. passes the refspecs of a merge request on verbatim', async () => {
    await using worker = await aWorker(shell);
    const refspecs = ['+refs/merge-requests/5/head:refs/remotes/merge-requests/5/head', '+refs/heads/main:refs/remotes/origin/main'];
    expect((await worker.get(sources({ refspecs, ref: 'refs/merge-requests/5/head' }))).code).toBe(0);
    expect(await worker.calls()).toContain(` ${refspecs.join(' ')} --depth`);
  });

  it('35. the strategy none keeps what is there, empty starts from nothing, and neither runs hooks', async () => {
    await using worker = await aWorker(shell);
    const hooks = [{ name: 'pre_get_sources_script', script: ['echo hooked'] }];
    for (const [strategy, folder, kept] of [
      ['none', 'project', ['old']],
      ['empty', 'project-empty', []],
    ] as const) {
      await mkdir(join(worker.rig.builds, 'group', folder, 'old'), { recursive: true });
      const { code, output } = await worker.get(sources({}, { GIT_STRATEGY: strategy }, { hooks }));
      expect([code, output.includes('hooked'), await readdir(join(worker.rig.builds, 'group', folder))]).toEqual([0, false, kept]);
      expect(plain(output)).toMatch(/Skipping Git repository setup[\s\S]*Skipping Git checkout\nSkipping Git submodules setup\n/);
    }
    expect(await worker.calls()).toBe('');
  });

  it('36. GIT_CHECKOUT=false fetches and checks nothing out', async () => {
    await using worker = await aWorker(shell);
    const { code, output } = await worker.get(sources({}, { GIT_CHECKOUT: 'false', GIT_SUBMODULE_STRATEGY: 'recursive' }));
    expect([code, await worker.file('file.txt')]).toEqual([0, undefined]);
    expect(plain(output)).toMatch(/Skipping Git checkout\nUpdating\/initializing submodules recursively/);
    expect((await worker.step(sources(), ['git cat-file -t origin/main'])).output).toContain('\ncommit\n');
  });

  it('37. GIT_CLEAN_FLAGS and GIT_FETCH_EXTRA_FLAGS are obeyed; none means none', async () => {
    await using worker = await aWorker(shell);
    await worker.get(sources());
    await writeFile(join(worker.project, 'left'), '');
    await worker.get(sources({}, { GIT_CLEAN_FLAGS: 'none', GIT_FETCH_EXTRA_FLAGS: 'none' }));
    expect([await worker.file('left'), await worker.calls()]).toEqual(['', expect.stringMatching(/--depth 20\n/)]);
    await worker.get(sources({}, { GIT_CLEAN_FLAGS: '-ffd -e left', GIT_FETCH_EXTRA_FLAGS: '--tags -q' }));
    expect([await worker.file('left'), await worker.calls()]).toEqual(['', expect.stringMatching(/--depth 20 --tags -q\n/)]);
    await worker.get(sources());
    expect(await worker.file('left')).toBeUndefined();
  });

  it('39. leftovers of a killed job neither stop nor poison the next fetch', async () => {
    await using worker = await aWorker(shell);
    await worker.get(sources());
    const git = join(worker.project, '.git');
    const locks = ['index.lock', 'shallow.lock', 'HEAD.lock', 'config.lock', 'refs/remotes/origin/main.lock'];
    for (const lock of locks) await writeFile(join(git, lock), '');
    await mkdir(join(git, 'hooks'), { recursive: true });
    await writeFile(join(git, 'hooks/post-checkout'), '#!/bin/sh\necho POISON\n');
    await chmod(join(git, 'hooks/post-checkout'), 0o755);
    await writeFile(join(git, 'config'), '[core]\n\tfsmonitor = "echo POISON >&2"\n');
    await writeFile(join(worker.project, 'file.txt'), 'changed\n');
    const { code, output } = await worker.get(sources());
    expect([code, output.includes('POISON'), await worker.file('file.txt')]).toEqual([0, false, 'three\n']);
  });
});

describe.each(SHELLS)('the job token under $name', (shell) => {
  it('32. is in no command line, URL or file of git, and user commands authenticate all the same', async () => {
    await using worker = await aWorker(shell, 'http');
    using watch = origin.watchCommands();
    void watch;
    expect((await worker.get(sources())).code).toBe(0);
    const own = await worker.step(sources(), [
      'git fetch -q',
      `git clone -q ${origin.urlFor('x').replace(/\/\/.*@/, '//')} ../other`,
      'git remote -v',
    ]);
    expect([own.code, own.output.includes(JOB_TOKEN)]).toEqual([0, false]);
    expect(await filesWith(worker.rig.builds, JOB_TOKEN)).toEqual([]);
    expect([await worker.calls(), ...origin.seenCommands].filter((command) => command.includes(JOB_TOKEN))).toEqual([]);
    expect([...origin.seenCommands].some((command) => command.includes('remote-http'))).toBe(true);
  });

  it('32. leaves no file of ours behind after the clean-up', async () => {
    await using worker = await aWorker(shell, 'http');
    const secret = { key: 'SECRET_FILE', value: `with ${JOB_TOKEN}`, file: true };
    const wishes = sources({}, {}, { variables: [secret] });
    await worker.rig.stages(wishes, ['prepare_script', 'get_sources', 'step_script', 'cleanup_file_variables']);
    expect([await readdir(join(worker.rig.builds, 'group')), await filesWith(worker.rig.builds, JOB_TOKEN)]).toEqual([['project'], []]);
  });

  it('is asked of the payload even where the author overrides CI_JOB_TOKEN', async () => {
    await using worker = await aWorker(shell, 'http');
    expect((await worker.get(sources({}, { CI_JOB_TOKEN: 'mine' }))).code).toBe(0);
  });

  it('is not given away to another user name or host', async () => {
    await using worker = await aWorker(shell, 'http');
    await worker.get(sources());
    const ask = (request: string) => `printf '${request}\\n' | git credential fill || echo refused`;
    const host = `host=127.0.0.1:${origin.port}`;
    const { output } = await worker.step(sources(), [
      ask(`protocol=http\\n${host}\\nusername=me`),
      ask('protocol=http\\nhost=127.0.0.1:9'),
    ]);
    expect([output.match(/^refused$/gm)?.length, output.includes(JOB_TOKEN)]).toEqual([2, false]);
    expect((await worker.step(sources(), [ask(`protocol=http\\n${host}`)])).output).toContain(`password=${JOB_TOKEN}\n`);
  });

  it('reaches git without GIT_CONFIG_GLOBAL too, as git before 2.32 needs it', async () => {
    await using worker = await aWorker(shell, 'http');
    await worker.get(sources());
    expect((await worker.step(sources(), ['unset GIT_CONFIG_GLOBAL', 'git fetch -q origin main'])).code).toBe(0);
  });
});

describe.each(SHELLS)('around the sources under $name', (shell) => {
  it('hooks run before and after, echoed', async () => {
    await using worker = await aWorker(shell);
    const hooks = [
      { name: 'pre_get_sources_script', script: ['echo before', 'export GIT_TAG=v'] },
      { name: 'post_get_sources_script', script: ['echo after $GIT_TAG; ls'] },
    ];
    const { output } = await worker.get(sources({}, {}, { hooks }));
    expect(plain(output)).toMatch(/^\$ echo before\nbefore\n[\s\S]*Fetching[\s\S]*\$ echo after \$GIT_TAG; ls\nafter v\nfile.txt\n$/);
  });

  it('the strategy clone begins with nothing, even where directories are read-only', async () => {
    await using worker = await aWorker(shell);
    await mkdir(join(worker.project, 'locked/inner'), { recursive: true });
    await chmod(join(worker.project, 'locked'), 0o500);
    const { code, output } = await worker.get(sources({}, { GIT_STRATEGY: 'clone' }));
    expect([code, output.includes('Created fresh repository.'), await readdir(worker.project)]).toEqual([0, true, ['.git', 'file.txt']]);
  });

  it('keeps the settings that the user of the worker has for git', async () => {
    await using worker = await aWorker(shell);
    await appendFile(join(worker.rig.folder, '.gitconfig'), '[user]\n\tname = Somebody\n');
    await worker.get(sources());
    expect(
      (await worker.step(sources(), ['git config user.name', 'cd /', 'git config user.name'])).output.match(/^Somebody$/gm),
    ).toHaveLength(2);
  });

  it('40. git knows the CA of the operator, and believes the checkout to be its own', async () => {
    await using worker = await aWorker(shell, 'http');
    const conditions = { facts: { tlsCaFile: 'PEM' } };
    const asked = [
      'git config --get-urlmatch http.sslCAInfo "$URL"',
      'cat "$CI_SERVER_TLS_CA_FILE"; echo',
      'git config --get-all safe.directory',
    ];
    const wishes = sources({}, { URL: `http://127.0.0.1:${origin.port}/x` }, { steps: [{ name: 'script', script: asked }] });
    const { code, output } = await worker.rig.stages(wishes, ['get_sources', 'step_script'], conditions);
    const lines = output.split('\n');
    expect([
      code,
      lines.includes(`${worker.project}.tmp/CI_SERVER_TLS_CA_FILE`),
      lines.includes('PEM'),
      lines.includes(worker.project),
    ]).toEqual([0, true, true, true]);
  });

  it('git shows the certificate that the manager shows, where there are certificate and key', async () => {
    await using worker = await aWorker(shell, 'http');
    const file = (key: string) => ({ key, value: `PEM of ${key}`, file: true });
    const asked = [
      'git config --get-urlmatch http.sslCert "$URL"',
      'git config --get-urlmatch http.sslKey "$URL" || echo none',
      'cat "$CI_SERVER_TLS_KEY_FILE"',
    ];
    const job = (...keys: string[]) => ({
      ...sources({}, {}, { steps: [{ name: 'script', script: asked }] }),
      variables: [{ key: 'URL', value: `http://127.0.0.1:${origin.port}/x` }, { key: 'CI_JOB_TOKEN', value: JOB_TOKEN }, ...keys.map(file)],
    });
    const both = await worker.rig.stages(job('CI_SERVER_TLS_CERT_FILE', 'CI_SERVER_TLS_KEY_FILE'), ['get_sources', 'step_script']);
    const lines = both.output.split('\n');
    const folder = `${worker.project}.tmp`;
    expect([both.code, lines.includes(`${folder}/CI_SERVER_TLS_CERT_FILE`), lines.includes(`${folder}/CI_SERVER_TLS_KEY_FILE`)]).toEqual([
      0,
      true,
      true,
    ]);
    expect(both.output).toContain('PEM of CI_SERVER_TLS_KEY_FILE');
    const half = await worker.rig.stages(job('CI_SERVER_TLS_KEY_FILE'), ['get_sources', 'step_script']);
    expect(half.output).not.toContain(`${folder}/CI_SERVER_TLS_KEY_FILE`);
  });

  it('a worker without git is told the cure', async () => {
    await using worker = await aWorker(shell);
    const bin = join(worker.rig.folder, 'gitless');
    await mkdir(bin);
    for (const tool of ['mkdir', 'rm']) await symlink(`/bin/${tool}`, join(bin, tool));
    const { code, output } = await worker.get(sources({}, { PATH: bin }));
    expect(code).toBe(1);
    expect(plain(output)).toBe(
      'ERROR: git is not installed in the worker. Install git in the image of the worker, or set GIT_STRATEGY to none or empty.\n',
    );
  });

  it('a wrong token or submodule strategy fails the stage at once', async () => {
    await using worker = await aWorker(shell, 'http');
    const denied = await worker.get(sources({ repo_url: origin.urlFor('wrong') }, {}, { token: 'wrong-token' }));
    expect([denied.code, denied.output.includes('Authentication failed')]).toEqual([128, true]);
    const unknown = await worker.get(sources({}, { GIT_SUBMODULE_STRATEGY: 'deep' }));
    expect([unknown.code, plain(unknown.output)]).toEqual([1, expect.stringContaining('ERROR: GIT_SUBMODULE_STRATEGY is deep;')]);
  });

  it('clear_worktree empties a checkout, and removes one that is broken', async () => {
    await using worker = await aWorker(shell);
    await worker.get(sources());
    await writeFile(join(worker.project, 'left'), '');
    expect((await worker.rig.stages(sources(), ['clear_worktree'])).code).toBe(0);
    expect(await readdir(worker.project)).toEqual(['.git']);
    await writeFile(join(worker.project, '.git/HEAD'), 'broken');
    expect((await worker.rig.stages(sources(), ['clear_worktree', 'get_sources'])).code).toBe(0);
    expect(await worker.file('file.txt')).toBe('three\n');
  });
});

describe('get_sources', () => {
  it('refuses a payload whose commit is none', async () => {
    await using rig = await WorkerRig.start(SHELLS[0]);
    expect(() => rig.script(sources({ sha: '--upload-pack=id' }), 'get_sources')).toThrow(/git_info.sha: not a commit id/);
  });
});

/** Files below a folder that hold the text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path, 'latin1')).includes(text) ? path : '')));
  return found.filter((path) => path !== '');
}
