import { describe, expect, it } from 'vitest';
import { buildDirectories } from './directories.ts';
import { gitSettings } from './git-settings.ts';
import { notYet } from './not-yet.ts';
import { planStages } from './stage-plan.ts';
import { resolveVariables } from './variables.ts';
import { aJob, type JobWishes, someFacts } from './worker-rig.contract.ts';

function inputs(wishes: JobWishes) {
  const payload = aJob(wishes);
  return [payload, resolveVariables(payload, someFacts(buildDirectories('/builds', payload)))] as const;
}

const plan = (wishes: JobWishes) => planStages(...inputs(wishes));
const settings = (variables: Readonly<Record<string, string>>, more: JobWishes = {}) =>
  gitSettings(...inputs({ ...more, variables: Object.entries(variables).map(([key, value]) => ({ key, value })) }));

describe('planStages', () => {
  it('1. plans exactly four stages for a job with only a script', () => {
    const { stages, warnings } = plan({});
    expect(stages.map(({ name, heading, kind }) => [name, heading, kind])).toEqual([
      ['prepare_script', 'Preparing environment', 'predefined'],
      ['get_sources', 'Getting source from Git repository', 'predefined'],
      ['step_script', 'Executing "step_script" stage of the job script', 'user'],
      ['cleanup_file_variables', 'Cleaning up project directory and file based variables', 'predefined'],
    ]);
    expect([stages.map(({ attempts }) => attempts), warnings]).toEqual([[1, 1, 1, 1], []]);
  });

  it('runs every step with a command in order, in lower case, and after_script last', () => {
    const steps = [
      { name: 'after_script', script: ['c'] },
      { name: 'Script', script: ['a'] },
      { name: 'nothing', script: [] },
      { name: 'release', script: ['b'] },
    ];
    const { stages } = plan({ steps });
    expect(stages.slice(2, 5).map(({ name, heading, kind }) => [name, heading, kind])).toEqual([
      ['step_script', 'Executing "step_script" stage of the job script', 'user'],
      ['step_release', 'Executing "step_release" stage of the job script', 'user'],
      ['after_script', 'Running after_script', 'after'],
    ]);
    expect(plan({ steps: [{ name: 'after_script', script: [] }] }).stages).toHaveLength(3);
  });

  it('2. and 4. restores before the artifacts of others come, and saves before its own go, if `when` fits', () => {
    const named = (cache: readonly object[]) =>
      plan({ cache, artifacts: [{ paths: ['a'], when: 'always' }] }).stages.map(({ name }) => name);
    const around = ['prepare_script', 'get_sources', 'step_script', 'upload_artifacts_on_success', 'upload_artifacts_on_failure'];
    expect(named([{ key: 'k' }, { paths: [] }])).toEqual([...around, 'cleanup_file_variables']);
    expect(named([{ untracked: true, when: 'always' }])).toEqual([
      'prepare_script',
      'get_sources',
      'restore_cache',
      'step_script',
      'archive_cache',
      'archive_cache_on_failure',
      'upload_artifacts_on_success',
      'upload_artifacts_on_failure',
      'cleanup_file_variables',
    ]);
    expect(named([{ paths: ['a'] }])).not.toContain('archive_cache_on_failure');
    expect(named([{ paths: ['a'], when: 'on_failure' }])).not.toContain('archive_cache');
  });

  it.each([
    ['3', 3, []],
    ['', 1, []],
    ['0', 1, ['GET_SOURCES_ATTEMPTS is not from 1 to 10; 1 is used']],
    ['-4', 1, ['GET_SOURCES_ATTEMPTS is not from 1 to 10; 1 is used']],
    ['99', 10, ['GET_SOURCES_ATTEMPTS is not from 1 to 10; 10 is used']],
    ['2.5', 1, ['GET_SOURCES_ATTEMPTS is not a whole number; 1 is used']],
    ['many', 1, ['GET_SOURCES_ATTEMPTS is not a whole number; 1 is used']],
  ])('6. clamps GET_SOURCES_ATTEMPTS=%s to %d and warns', (value, attempts, warnings) => {
    const made = plan({ variables: [{ key: 'GET_SOURCES_ATTEMPTS', value }] });
    expect([made.stages.find(({ name }) => name === 'get_sources')?.attempts, made.warnings]).toEqual([attempts, warnings]);
  });
});

describe('an after_script', () => {
  const decisive = (value: string) =>
    plan({ steps: [{ name: 'after_script', script: ['x'] }], variables: [{ key: 'AFTER_SCRIPT_IGNORE_ERRORS', value }] }).stages.find(
      ({ kind }) => kind === 'after',
    )?.isDecisive;

  it.each(['', 'true', '1', 'maybe'])('49. does not decide with AFTER_SCRIPT_IGNORE_ERRORS=%s', (value) => {
    expect(decisive(value)).toBeUndefined();
  });

  it.each(['false', '0'])('49. decides with AFTER_SCRIPT_IGNORE_ERRORS=%s', (value) => {
    expect(decisive(value)).toBe(true);
  });
});

describe('gitSettings', () => {
  it('have the defaults of GitLab', () => {
    expect(settings({})).toEqual({
      strategy: 'clone',
      hasCheckout: true,
      isNativeClone: false,
      cleanFlags: ['-ffdx'],
      cloneFlags: [],
      fetchFlags: ['--prune', '--quiet'],
      submodules: { strategy: 'none', depth: 0, paths: [], updateFlags: [], forcesHttps: false },
      skipsLfs: false,
      warnings: [],
    });
    expect(settings({}, { allow_git_fetch: true }).strategy).toBe('fetch');
  });

  it('37. take flags apart at white space; none means none', () => {
    expect(settings({ GIT_CLEAN_FLAGS: ' -ffd  -x ', GIT_FETCH_EXTRA_FLAGS: '--tags' })).toMatchObject({
      cleanFlags: ['-ffd', '-x'],
      fetchFlags: ['--tags'],
    });
    expect(settings({ GIT_CLEAN_FLAGS: 'none', GIT_FETCH_EXTRA_FLAGS: 'none' })).toMatchObject({ cleanFlags: undefined, fetchFlags: [] });
  });

  it('fall back to the default with a warning when a value is unknown', () => {
    expect(settings({ GIT_STRATEGY: 'pull', GIT_CHECKOUT: 'maybe' })).toMatchObject({
      strategy: 'clone',
      hasCheckout: true,
      warnings: [
        'GIT_STRATEGY is neither of clone, fetch, none or empty; clone is used',
        'GIT_CHECKOUT is neither of true or false; true is used',
      ],
    });
  });

  it('check nothing out for the strategies none and empty', () => {
    expect(settings({ GIT_STRATEGY: 'none', GIT_CHECKOUT: 'true' }).hasCheckout).toBe(false);
    expect(settings({ GIT_STRATEGY: 'empty' }).hasCheckout).toBe(false);
  });
});

describe('notYet', () => {
  it('is silent about a job that asks for nothing special', () => {
    const empty = {
      cache: [{ key: 'k', paths: [] }],
      artifacts: [{ when: 'always' }],
      dependencies: [{ id: 1, artifacts_file: { filename: '' } }],
    };
    expect(notYet(aJob(empty))).toEqual([]);
  });

  it('names everything that is ignored', () => {
    const wishes = {
      image: { name: 'alpine' },
      services: [{ name: 'redis:7' }, { name: 'postgres' }],
    };
    expect(notYet(aJob(wishes))).toEqual([
      'image: not yet; the job runs in the worker of its runner, not in alpine',
      'services: not yet; not started: redis:7, postgres',
    ]);
  });
});
