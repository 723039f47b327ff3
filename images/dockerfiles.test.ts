import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const IMAGES = [
  { name: 'manager', file: 'manager/Dockerfile', context: root },
  { name: 'worker/alpine', file: 'worker/alpine/Dockerfile', context: join(here, 'worker') },
  { name: 'worker/debian', file: 'worker/debian/Dockerfile', context: join(here, 'worker') },
];

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, continued lines joined, comments left out. */
function instructionsOf(file: string): Instruction[] {
  const lines = readFileSync(join(here, file), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ word: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1).trim() }));
}

/** What an image is made of: the instructions of a stage, by default the last one, after those of the stage that it goes on from. */
function stageOf(file: string, name?: string): Instruction[] {
  const all = instructionsOf(file);
  const starts = all.flatMap(({ word, rest }, at) =>
    word === 'FROM' ? [{ at, from: rest.split(' ')[0], as: / AS (\S+)$/.exec(rest)?.[1] }] : [],
  );
  const which = name === undefined ? starts.length - 1 : starts.findIndex(({ as }) => as === name);
  const stage = starts[which];
  if (!stage) throw new Error(`${file} has no stage ${name}`);
  const own = all.slice(stage.at, starts[which + 1]?.at);
  return starts.some(({ as }) => as === stage.from) ? [...stageOf(file, stage.from), ...own] : own;
}

describe.each(IMAGES)('the image $name', ({ file, context }) => {
  const all = instructionsOf(file);
  const restsOf = (word: string, of = all) => of.filter((one) => one.word === word).map(({ rest }) => rest);

  it('names its base images by variables with a default of a fixed version', () => {
    const arguments_ = new Map(restsOf('ARG').map((rest): [string, string] => [rest.split('=')[0] ?? '', rest.split('=')[1] ?? '']));
    const bases = restsOf('FROM')
      .filter((rest) => !/^base( |$)/.test(rest))
      .map((rest) => /^(?:--platform=\S+ )?\$\{(\w+)\}(?: AS \w+)?$/.exec(rest)?.[1] ?? rest);
    expect(bases.map((name) => arguments_.get(name))).toEqual(
      bases.map(() => expect.stringMatching(/^docker\.io\/library\/\w+:\d[\w.-]*$/)),
    );
  });

  it('adds nothing from the network but packages of the distribution', () => {
    expect(restsOf('ADD')).toEqual([]);
    expect(restsOf('RUN', stageOf(file)).filter((rest) => /https?:\/\/|curl |wget |npm /.test(rest.replace('  curl ', '')))).toEqual([]);
  });

  it('does nothing that depends on the architecture', () => {
    expect(all.filter(({ rest }) => /amd64|x86_64|arm64|aarch64|TARGETARCH/.test(rest))).toEqual([]);
  });

  it('copies files that there are, with the modes they need', () => {
    const copies = restsOf('COPY').filter((rest) => !/--from=|^\. | dist\//.test(rest));
    expect(copies).not.toEqual([]);
    for (const copy of copies) {
      const words = copy.split(' ').filter((word) => !word.startsWith('--'));
      for (const source of words.slice(0, -1)) {
        const isScript = source.endsWith('.sh');
        expect(existsSync(join(context, source)), source).toBe(true);
        expect(copy, source).toContain(isScript ? '--chmod=755' : '--chmod=644');
        expect(statSync(join(context, source)).mode & 0o111, source).toBe(isScript ? 0o111 : 0);
      }
    }
  });

  it('says its user, its health check, its entrypoint and its command once, the latter two without a shell', () => {
    for (const word of ['USER', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD']) expect(restsOf(word, stageOf(file)), word).toHaveLength(1);
    for (const word of ['ENTRYPOINT', 'CMD']) expect(() => JSON.parse(restsOf(word)[0] ?? '')).not.toThrow();
  });
});

it('all of them are built with their contexts by the pipeline of a release, and as the guide says', () => {
  const built = (file: string, pattern: RegExp) =>
    [...readFileSync(join(root, file), 'utf8').replaceAll('\\\n', ' ').matchAll(pattern)].map(([, name, context = '']) => [
      name,
      join(root, context),
    ]);
  const expected = IMAGES.map(({ name, context }) => [name, context]);
  expect(built('.gitlab-ci.yml', /^ {6}build (\S+) (\S+) \S+$/gm)).toEqual(expected);
  expect(built('images/README.md', /docker buildx build .*--file images\/(\S+)\/Dockerfile .* (\S+)$/gm)).toEqual(expected);
});

it('all of them have one name everywhere: their version, and for workers the distribution', () => {
  const files = [
    '.gitlab-ci.yml',
    'images/README.md',
    'images/worker/alpine/Dockerfile',
    'images/worker/debian/Dockerfile',
    'docs/how-to/deploy-with-cdk.md',
    'docs/how-to/deploy-with-terraform.md',
    'docs/how-to/release.md',
    ...['dev', 'prd'].map((name) => `environments/snapshots/${name}.service.json`),
    ...['dev', 'prd'].map((name) => `environments/terragrunt/sample-${name}/ecs-fargate-gitlab-runner-service/terragrunt.hcl`),
  ];
  const version = '(?:\\d+\\.\\d+\\.\\d+|VERSION|\\$version|\\$VERSION)';
  const scheme = new RegExp(`^(?:manager:${version}|worker:${version}-(?:alpine|debian))$`);
  const named = files.map((file) => {
    const names = [...readFileSync(join(root, file), 'utf8').matchAll(/[/"](manager|worker):([$\w][\w.$-]*)/g)];
    return [file, names.map(([, image, tag]) => `${image}:${tag}`)] as const;
  });
  for (const [file, names] of named) {
    expect(names, file).not.toEqual([]);
    expect(
      names.filter((name) => !scheme.test(name)),
      file,
    ).toEqual([]);
  }
});

describe('the manager image', () => {
  const last = stageOf('manager/Dockerfile');

  it('runs as a user without rights', () => {
    expect(last.find(({ word }) => word === 'USER')?.rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it.each([
    [undefined, 'made in another stage', '/source/dist/manager.mjs'],
    ['of-bundle', 'of the context', 'dist/manager.mjs'],
  ])('holds Node and one bundle: target %s, %s', (target, _where, bundle) => {
    const copied = stageOf('manager/Dockerfile', target).filter(({ word }) => word === 'COPY');
    const sources = copied.map(({ rest }) => rest.split(' ').at(-2));
    expect(sources).toEqual(['/usr/local/bin/node', 'images/manager/healthcheck.sh', bundle]);
    expect(copied.at(-1)?.rest).toMatch(/--chmod=644 .* \/usr\/local\/lib\/fargate-gitlab-runner\/manager\.mjs$/);
  });

  it('has Node 24 on the Alpine that it was made for', () => {
    const text = readFileSync(join(here, 'manager/Dockerfile'), 'utf8');
    const [, alpineOfNode] = /^ARG NODE_IMAGE=\S+\/node:24-alpine([\d.]+)$/m.exec(text) ?? [];
    expect(text).toContain(`ARG ALPINE_IMAGE=docker.io/library/alpine:${alpineOfNode}\n`);
  });
});

describe.each(['worker/alpine/Dockerfile', 'worker/debian/Dockerfile'])('the worker image %s', (file) => {
  const text = stageOf(file)
    .map(({ word, rest }) => `${word} ${rest}`)
    .join('\n');

  it.each(['bash', 'ca-certificates', 'coreutils', 'curl', 'git', 'git-lfs', 'openssh-server', 'tar', 'tini', 'zip', 'zstd'])(
    'has %s',
    (tool) => {
      expect(text.split(/\s+/)).toContain(tool);
    },
  );

  it('carries no host key', () => {
    expect(text).toMatch(/RUN .*openssh-server.*rm -r?f \/etc\/ssh\/ssh_host_\*/);
  });

  it('is run by tini, which reaps what jobs leave behind', () => {
    expect(text).toMatch(/ENTRYPOINT \["\/\S*\/tini", "-s", "--", "\/usr\/local\/lib\/fargate-gitlab-runner-worker\/entrypoint\.sh"\]/);
  });

  it('has the user of its build argument, and root without one', () => {
    expect(text).toContain('ARG SSH_USER=root\n');
    expect(text).toMatch(/^ENV WORKER_SSH_USER=\$\{SSH_USER\}$/m);
  });
});
