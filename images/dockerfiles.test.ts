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

/** The instructions of the last stage, whose image is the one that is kept. */
function lastStage(file: string): Instruction[] {
  const all = instructionsOf(file);
  return all.slice(all.findLastIndex(({ word }) => word === 'FROM'));
}

describe.each(IMAGES)('the image $name', ({ file, context }) => {
  const all = instructionsOf(file);
  const restsOf = (word: string, of = all) => of.filter((one) => one.word === word).map(({ rest }) => rest);

  it('names its base images by variables with a default of a fixed version', () => {
    const arguments_ = new Map(restsOf('ARG').map((rest): [string, string] => [rest.split('=')[0] ?? '', rest.split('=')[1] ?? '']));
    const bases = restsOf('FROM').map((rest) => /^(?:--platform=\S+ )?\$\{(\w+)\}(?: AS \w+)?$/.exec(rest)?.[1] ?? rest);
    expect(bases.map((name) => arguments_.get(name))).toEqual(
      bases.map(() => expect.stringMatching(/^docker\.io\/library\/\w+:\d[\w.-]*$/)),
    );
  });

  it('adds nothing from the network but packages of the distribution', () => {
    expect(restsOf('ADD')).toEqual([]);
    expect(restsOf('RUN', lastStage(file)).filter((rest) => /https?:\/\/|curl |wget |npm /.test(rest.replace('  curl ', '')))).toEqual([]);
  });

  it('does nothing that depends on the architecture', () => {
    expect(all.filter(({ rest }) => /amd64|x86_64|arm64|aarch64|TARGETARCH/.test(rest))).toEqual([]);
  });

  it('copies files that there are, with the modes they need', () => {
    const copies = restsOf('COPY').filter((rest) => !/--from=|^\. /.test(rest));
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
    for (const word of ['USER', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD']) expect(restsOf(word, lastStage(file)), word).toHaveLength(1);
    for (const word of ['ENTRYPOINT', 'CMD']) expect(() => JSON.parse(restsOf(word)[0] ?? '')).not.toThrow();
  });
});

describe('the manager image', () => {
  const last = lastStage('manager/Dockerfile');

  it('runs as a user without rights', () => {
    expect(last.find(({ word }) => word === 'USER')?.rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('holds Node and one bundle, made in another stage', () => {
    const copied = last.filter(({ word }) => word === 'COPY').map(({ rest }) => rest.split(' ').at(-2));
    expect(copied).toEqual(['/usr/local/bin/node', '/source/dist/manager.mjs', 'images/manager/healthcheck.sh']);
  });

  it('has Node 24 on the Alpine that it was made for', () => {
    const text = readFileSync(join(here, 'manager/Dockerfile'), 'utf8');
    const [, alpineOfNode] = /^ARG NODE_IMAGE=\S+\/node:24-alpine([\d.]+)$/m.exec(text) ?? [];
    expect(text).toContain(`ARG ALPINE_IMAGE=docker.io/library/alpine:${alpineOfNode}\n`);
  });
});

describe.each(['worker/alpine/Dockerfile', 'worker/debian/Dockerfile'])('the worker image %s', (file) => {
  const text = lastStage(file)
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
