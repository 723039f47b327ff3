import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDirectories } from './directories.ts';
import { aJob } from './worker-rig.contract.ts';

function forUrl(repo_url: string, more: object = {}) {
  return buildDirectories('/builds', aJob({ git_info: { repo_url, ref: 'main', sha: 'x' }, ...more }));
}

describe('buildDirectories', () => {
  it.each([
    ['https://gitlab.example/group/sub/project.git', '/builds/group/sub/project'],
    ['https://u:p@gitlab.example:8443/group/project.git/', '/builds/group/project'],
    ['https://gitlab.example/group/project', '/builds/group/project'],
    ['file:///srv/git/my%20project.git', '/builds/srv/git/my project'],
    ['https://gitlab.example/gr%C3%BCppe/project.git', '/builds/grüppe/project'],
    ['https://gitlab.example/', '/builds/project-7'],
    ['https://gitlab.example/a/%2e%2e%2f%2e%2e/etc.git', '/builds/project-7'],
    ['https://gitlab.example/a/b%0ac.git', '/builds/project-7'],
    ['not a url', '/builds/project-7'],
    ['', '/builds/project-7'],
  ])('puts %s into %s', (url, projectDir) => {
    expect(forUrl(url)).toEqual({ buildsDir: '/builds', projectDir, tmpDir: `${projectDir}.tmp` });
  });

  it('35. uses a directory of its own for the strategy empty', () => {
    const variables = [
      { key: 'GIT_STRATEGY', value: '$MINE' },
      { key: 'MINE', value: 'empty' },
    ];
    expect(forUrl('https://gitlab.example/g/p.git', { variables }).projectDir).toBe('/builds/g/p-empty');
  });

  it('stays inside the builds directory whatever the URL says', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2f', '/', '\\', '%5c', '.git', ' ', 'ü', '%', '\n', 'a'),
      fc.string({ maxLength: 3 }),
    );
    const url = fc.array(part, { maxLength: 12 }).map((parts) => `https://gitlab.example/${parts.join('')}`);
    fc.assert(
      fc.property(fc.oneof(url, fc.string()), (text) => {
        const { projectDir, tmpDir } = forUrl(text);
        expect(projectDir).toMatch(/^\/builds\/[^/]/);
        expect(posix.normalize(projectDir)).toBe(projectDir);
        expect(tmpDir).toBe(`${projectDir}.tmp`);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a relative builds directory', () => {
    expect(() => buildDirectories('builds', aJob())).toThrow(/absolute path/);
  });
});
