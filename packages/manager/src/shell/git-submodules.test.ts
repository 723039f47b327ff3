import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PICTURE } from './family-of-projects.contract.ts';
import { GitOrigin } from './git-origin.contract.ts';
import { JOB_TOKEN, type JobWishes, SHELLS, WorkerRig } from './worker-rig.contract.ts';

/** What workers have: Alpine's shell and Debian's. Quoting under dash is tested with the other stages. */
const BOTH = SHELLS.filter(({ name }) => name !== 'dash');

let origin: GitOrigin;
beforeAll(async () => {
  origin = await GitOrigin.start(JOB_TOKEN);
});
afterAll(() => origin[Symbol.asyncDispose]());

/** A job on the project with submodules; `sister` has an SSH address, so most tests leave it out. */
function family(settings: Readonly<Record<string, string>> = {}): JobWishes {
  const all = { CI_SERVER_URL: `http://127.0.0.1:${origin.port}`, GIT_SUBMODULE_PATHS: 'child', ...settings };
  return {
    allow_git_fetch: true,
    git_info: {
      repo_url: origin.urlFor(JOB_TOKEN, 'family'),
      ref: 'main',
      sha: origin.family.sha,
      refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
      depth: 20,
    },
    variables: Object.entries(all).map(([key, value]) => ({ key, value })),
  };
}

async function aWorker(shell: (typeof SHELLS)[number]) {
  const rig = await WorkerRig.start(shell);
  const project = join(rig.builds, 'group/family');
  return {
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    rig,
    get: (wishes: JobWishes) => rig.stages(wishes, ['get_sources']),
    step: (wishes: JobWishes, script: readonly string[]) => rig.stages({ ...wishes, steps: [{ name: 'script', script }] }, ['step_script']),
    file: (name: string) => readFile(join(project, name), 'utf8').catch(() => undefined),
    folder: (name: string) => readdir(join(project, name)).catch(() => []),
  };
}

const COLOURS = ['\x1b[32;1m', '\x1b[31;1m', '\x1b[0;33m'];

/** Our own lines, which are coloured, without colours. */
function said(output: string): string[] {
  const ours = output.split('\n').filter((line) => COLOURS.some((colour) => line.startsWith(colour)));
  return ours.map((line) => COLOURS.reduce((rest, colour) => rest.replace(colour, ''), line).replace('\x1b[0;m', ''));
}

describe.each(BOTH)('submodules under $name', (shell) => {
  it('38. stay empty unless they are asked for', async () => {
    await using worker = await aWorker(shell);
    const { code, output } = await worker.get(family());
    expect([code, said(output).at(-1), await worker.folder('child')]).toEqual([0, 'Skipping Git submodules setup', []]);
  });

  it('38. normal brings those of the project, with the job token, to the commit it names', async () => {
    await using worker = await aWorker(shell);
    const wishes = family({ GIT_SUBMODULE_STRATEGY: 'normal' });
    const { code, output } = await worker.get(wishes);
    expect([code, await worker.file('child/name.txt'), await worker.folder('child/grandchild')]).toEqual([0, 'child\n', []]);
    expect(said(output).at(-1)).toBe('Updating/initializing submodules with git depth set to 20...');
    const { output: asked } = await worker.step(wishes, ['git -C child rev-parse HEAD', 'git -C child fetch -q && echo fetched']);
    expect(asked).toContain(`\n${origin.family.childSha}\n`);
    expect(asked).toContain('\nfetched\n');
    expect(await filesWith(worker.rig.builds, JOB_TOKEN)).toEqual([]);
  });

  it('38. recursive brings theirs too, and a second job cleans what the first one left in them', async () => {
    await using worker = await aWorker(shell);
    const wishes = family({ GIT_SUBMODULE_STRATEGY: 'recursive', GIT_SUBMODULE_DEPTH: '1' });
    const { code, output } = await worker.get(wishes);
    expect([code, await worker.file('child/grandchild/name.txt')]).toEqual([0, 'leaf\n']);
    expect(said(output).at(-1)).toBe('Updating/initializing submodules recursively with git depth set to 1...');
    await worker.step(wishes, ['echo changed > child/grandchild/name.txt', 'touch child/left child/grandchild/left']);
    expect((await worker.get(wishes)).code).toBe(0);
    expect([await worker.file('child/grandchild/name.txt'), await worker.folder('child/grandchild')]).toEqual([
      'leaf\n',
      ['.git', 'name.txt'],
    ]);
    expect(await worker.folder('child')).not.toContain('left');
  });

  it('38. update flags are passed on: --remote takes the newest commit', async () => {
    await using worker = await aWorker(shell);
    const { code } = await worker.get(family({ GIT_SUBMODULE_STRATEGY: 'normal', GIT_SUBMODULE_UPDATE_FLAGS: '--remote --jobs 2' }));
    expect([code, await worker.file('child/news.txt')]).toEqual([0, 'news\n']);
  });

  it('38. paths may leave one out; what SSH alone could fetch comes over HTTP if that is forced', async () => {
    await using worker = await aWorker(shell);
    const without = await worker.get(family({ GIT_SUBMODULE_STRATEGY: 'normal', GIT_SUBMODULE_PATHS: ':(exclude)sister child' }));
    expect([without.code, await worker.folder('sister'), await worker.file('child/name.txt')]).toEqual([0, [], 'child\n']);
    const forced = {
      GIT_SUBMODULE_STRATEGY: 'normal',
      GIT_SUBMODULE_PATHS: '',
      GIT_SUBMODULE_FORCE_HTTPS: 'true',
      CI_SERVER_HOST: '127.0.0.1',
    };
    expect([(await worker.get(family(forced))).code, await worker.file('sister/name.txt')]).toEqual([0, 'leaf\n']);
  });

  it('a failed update is tried again and then fails the stage', async () => {
    await using worker = await aWorker(shell);
    const { code, output } = await worker.get(
      family({ GIT_SUBMODULE_STRATEGY: 'normal', GIT_SUBMODULE_PATHS: 'sister', GIT_SSH_COMMAND: 'false' }),
    );
    expect([code === 0, said(output).filter((line) => line.startsWith('WARNING'))]).toEqual([
      false,
      ['WARNING: Updating submodules failed. Retrying...'],
    ]);
  });

  it('a lone exclusion and a strategy without a repository are told apart from a failure of git', async () => {
    await using worker = await aWorker(shell);
    const lone = await worker.get(family({ GIT_SUBMODULE_STRATEGY: 'normal', GIT_SUBMODULE_PATHS: ':(exclude) sister' }));
    expect([lone.code, said(lone.output).at(-1)]).toEqual([
      1,
      expect.stringMatching(/^ERROR: GIT_SUBMODULE_PATHS has :\(exclude\) without/),
    ]);
    const none = await worker.get(family({ GIT_SUBMODULE_STRATEGY: 'normal', GIT_STRATEGY: 'empty' }));
    expect([none.code, said(none.output).at(-1)]).toEqual([0, expect.stringMatching(/^WARNING: .* no repository/)]);
  });
});

describe.each(BOTH)('LFS under $name', (shell) => {
  it('41. brings the content, with the job token, unless the author opted out', async () => {
    await using worker = await aWorker(shell);
    expect((await worker.get(family({ GIT_LFS_SKIP_SMUDGE: '1' }))).code).toBe(0);
    expect(await worker.file('picture.bin')).toMatch(/^version https:\/\/git-lfs/);
    expect((await worker.get(family())).code).toBe(0);
    expect(await worker.file('picture.bin')).toBe(PICTURE.toString());
  });
});

describe.each(BOTH)('what an operator adds under $name', (shell) => {
  it('clone_url replaces the address that GitLab names', async () => {
    await using worker = await aWorker(shell);
    const wishes = family({ CI_PROJECT_PATH: 'group/family', CI_SERVER_URL: 'http://gitlab.invalid' });
    const elsewhere = {
      ...wishes,
      git_info: { ...Object(wishes.git_info), repo_url: 'http://gitlab-ci-token:x@gitlab.invalid/group/family.git' },
    };
    const how = { cloneUrl: `http://127.0.0.1:${origin.port}/` };
    expect((await worker.rig.stages(elsewhere, ['get_sources'], how)).code).toBe(0);
    expect(await worker.file('name.txt')).toBe('family\n');
  });

  it('scripts run around the sources and the steps, echoed, in the shell of the steps, and not around after_script', async () => {
    await using worker = await aWorker(shell);
    const how = {
      operatorScripts: {
        preGetSources: ['echo operator-before-sources'],
        postGetSources: ['echo operator-after-sources; ls name.txt'],
        preBuild: ['FROM_OPERATOR=seen'],
        postBuild: ['echo operator-after-build'],
      },
    };
    const steps = [
      { name: 'script', script: ['echo "step $FROM_OPERATOR"'] },
      { name: 'after_script', script: ['test -n "$FROM_OPERATOR" || echo "after unseen"'] },
    ];
    const hooks = [
      { name: 'pre_get_sources_script', script: ['echo author-before-sources'] },
      { name: 'post_get_sources_script', script: ['echo author-after-sources'] },
    ];
    const { output } = await worker.rig.stages({ ...family(), steps, hooks }, ['get_sources', 'step_script', 'after_script'], how);
    const order = [
      'operator-before-sources',
      'author-before-sources',
      'author-after-sources',
      'operator-after-sources',
      'step seen',
      'operator-after-build',
      'after unseen',
    ];
    expect(output.split('\n').filter((line) => order.includes(line))).toEqual(order);
    expect(said(output)).toContain('$ FROM_OPERATOR=seen');
  });
});

/** Files below a folder that hold the text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path, 'latin1')).includes(text) ? path : '')));
  return found.filter((path) => path !== '');
}
