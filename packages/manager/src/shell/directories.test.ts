import { posix } from 'node:path';
import { CodedError } from '@fargate-gitlab-runner/kernel';
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

  describe('with GIT_CLONE_PATH', () => {
    const at = (path: string, isCustomAllowed = true, more: readonly object[] = []) => {
      const payload = aJob({ variables: [{ key: 'GIT_CLONE_PATH', value: path }, { key: 'NAME', value: 'shop' }, ...more] });
      return buildDirectories('/builds', payload, { isCustomAllowed, concurrentId: 3 }).projectDir;
    };
    const codeOf = (run: () => unknown) => {
      try {
        return run();
      } catch (error) {
        return error instanceof CodedError && error.code;
      }
    };

    it.each([
      ['$CI_BUILDS_DIR/go/src/x', '/builds/go/src/x'],
      ['$CI_BUILDS_DIR/$NAME/$CI_CONCURRENT_ID/', '/builds/shop/3'],
      ['/builds/a/../b', '/builds/b'],
      ['', '/builds/group/project'],
    ])('%s is %s', (path, projectDir) => {
      expect(at(path)).toBe(projectDir);
    });

    it.each(['/tmp/x', '/builds', '/builds/', '/builds/..', '/builds/../etc', 'relative', '/buildsx/y', '$UNKNOWN/x', '/builds/a\nb'])(
      '%j is refused',
      (path) => {
        expect(codeOf(() => at(path))).toBe('FR_SHELL_CLONE_PATH');
      },
    );

    it('is refused where the operator does not let jobs choose, and is nothing where they do not', () => {
      expect(codeOf(() => at('/builds/x', false))).toBe('FR_SHELL_CLONE_PATH');
      expect(at('', false)).toBe('/builds/group/project');
    });

    it('keeps a directory of its own for the strategy empty', () => {
      expect(at('/builds/x', true, [{ key: 'GIT_STRATEGY', value: 'empty' }])).toBe('/builds/x-empty');
    });

    it('is inside of the builds directory or refused, whatever it says', () => {
      const part = fc.constantFrom('..', '.', '/', 'a', '$CI_BUILDS_DIR', '/builds', '\\', '$NAME', ' ', '\u0000');
      fc.assert(
        fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
          const result = codeOf(() => at(parts.join('')));
          expect(result === 'FR_SHELL_CLONE_PATH' || (typeof result === 'string' && /^\/builds\/[^/]/.test(posix.normalize(result)))).toBe(
            true,
          );
        }),
      );
    });
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
      {
        numRuns: 500,
        examples: [['https://gitlab.example/..%2fa'], ['https://gitlab.example/a%2f%2e%2e%2f..'], ['https://gitlab.example/a/%2fb']],
      },
    );
  });

  it('refuses a relative builds directory', () => {
    expect(() => buildDirectories('builds', aJob())).toThrow(/absolute path/);
  });
});
