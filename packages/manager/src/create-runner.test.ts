import { startGitLabEmulator } from '@fargate-gitlab-runner/emulator-gitlab';
import { ManualClock, Secret, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { createRunner } from './create-runner.ts';
import { HurriedClock } from './coordinator/hurried-clock.test-double.ts';

const tools = { clock: systemClock, random: seededRandom(7) };
const wish = {
  scope: { kind: 'instance' },
  description: 'made by a program',
  tags: ['dev', 'arm64'],
  runUntagged: false,
  locked: true,
  paused: false,
  maximumTimeoutS: 900,
} as const;

describe('a runner that a program creates', () => {
  it('44: is in GitLab as it was wished, with a token that begins with glrt-', async () => {
    await using gitlab = await startGitLabEmulator({}, tools);
    const personalToken = new Secret(await gitlab.control.createAccessToken({ scopes: ['create_runner'] }));
    const verdict = await createRunner({ gitlabUrl: gitlab.url, personalToken, wish });
    if (verdict.kind !== 'issued') throw new Error(verdict.cause);
    const { description, tags, runUntagged, locked, maximumTimeout } = wishedOf(await gitlab.control.runners());
    expect({ description, tags, runUntagged, locked, maximumTimeout }).toEqual({
      description: wish.description,
      tags: wish.tags,
      runUntagged: false,
      locked: true,
      maximumTimeout: 900,
    });
    expect(verdict.token.reveal()).toMatch(/^glrt-/);
    expect(await gitlab.control.findings()).toEqual([]);
  });

  it('44: is refused to a token without the scope, with what GitLab says', async () => {
    await using gitlab = await startGitLabEmulator({}, tools);
    const personalToken = new Secret(await gitlab.control.createAccessToken({ scopes: ['manage_runner'] }));
    const verdict = await createRunner({ gitlabUrl: gitlab.url, personalToken, wish });
    expect(verdict).toMatchObject({ kind: 'refused', cause: expect.stringContaining('403') });
    expect(await gitlab.control.runners()).toEqual([]);
  });

  it('is a matter of patience where nobody answers, and ends with the signal', async () => {
    const personalToken = new Secret('glpat-1');
    const nowhere = { gitlabUrl: 'http://127.0.0.1:9', personalToken, wish };
    expect(await createRunner({ ...nowhere, clock: new HurriedClock() })).toMatchObject({ kind: 'unavailable' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(createRunner({ ...nowhere, clock: new ManualClock(), signal })).rejects.toThrow('enough');
  });
});

function wishedOf<T>([runner]: readonly T[]): T {
  if (!runner) throw new Error('GitLab has no runner');
  return runner;
}
