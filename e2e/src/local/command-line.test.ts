import { deepEqual, match } from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { programEnd } from '@fargate-gitlab-runner/testkit';
import { describe, it } from 'vitest';

describe('a wrong command line', () => {
  const wrong: readonly [string[], RegExp][] = [
    [['local', '--nope'], /unknown option '--nope'/],
    [['local', '--worker', 'docker'], /Allowed choices are ssh2, sshd/],
    [['local', 'folder'], /too many arguments/],
    [['deploy'], /unknown command 'deploy'/],
    [[], /^Usage: /],
  ];

  it.each(wrong)('%j ends with 64 and says what is wrong', async (args, said) => {
    const { code, stdout, stderr } = await programEnd('cli', args, tmpdir());
    deepEqual([code, stdout], [64, '']);
    match(stderr, said);
  });
});

describe('--help', () => {
  it.each([[[]], [['local']], [['run']], [['check']], [['reap']], [['register']], [['unregister']]])(
    'of %j has examples and the exit codes',
    async (command) => {
      const { code, stdout } = await programEnd('cli', [...command, '--help'], tmpdir());
      deepEqual(code, 0);
      match(stdout, /^Examples:\n {2}fargate-gitlab-runner .+$/m);
      match(stdout, /^Exit codes:$/m);
    },
  );

  it('of the manager alone does not offer what it does not have', async () => {
    const { code, stdout } = await programEnd('manager', ['--help'], tmpdir());
    deepEqual([code, stdout.includes('local')], [0, false]);
  });
});
