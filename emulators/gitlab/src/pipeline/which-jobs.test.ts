import { describe, expect, test } from 'vitest';
import type { Pipeline } from './pipeline.ts';
import { readPipeline } from './read-pipeline.ts';
import type { ReadingContext } from './reading-context.ts';

const PUSH = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_COMMIT_REF_NAME: 'main', CI_PROJECT_PATH: 'team/app' };
const TAG = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1', CI_COMMIT_REF_NAME: 'v1' };
const MERGE_REQUEST = { CI_PIPELINE_SOURCE: 'merge_request_event', CI_COMMIT_REF_NAME: 'thing' };
const SCHEDULE = { ...PUSH, CI_PIPELINE_SOURCE: 'schedule' };

function pipelineOf(text: string, context: Partial<ReadingContext> = {}): Pipeline {
  const reading = readPipeline(text, { file: 'ci.yml', predefined: PUSH, ...context });
  if (reading.kind === 'invalid') throw new Error(reading.problems.map(({ at, what }) => `${at} ${what}`).join('\n'));
  return reading.pipeline;
}

/** Names of the jobs; an `always` is added to what is read, so that there is a pipeline. */
function jobsOf(text: string, context: Partial<ReadingContext> = {}): readonly string[] {
  const all = pipelineOf(`${text}\nalways: {script: x, rules: [{when: on_success}]}\n`, context);
  return all.jobs.map(({ name }) => name).filter((name) => name !== 'always');
}

function problemsOf(text: string, context: Partial<ReadingContext> = {}): readonly string[] {
  const reading = readPipeline(text, { file: 'ci.yml', predefined: PUSH, ...context });
  return reading.kind === 'valid' ? [] : reading.problems.map(({ at, what }) => `${at?.replace('ci.yml:', '')} ${what}`);
}

describe('only and except', () => {
  test.each([
    ['says nothing', '{script: x}', [true, true, false, true]],
    ['only: [main]', '{script: x, only: [main]}', [true, false, false, true]],
    ['only: [tags]', '{script: x, only: [tags]}', [false, true, false, false]],
    ['only: [branches]', '{script: x, only: [branches]}', [true, false, false, true]],
    ['only: [merge_requests]', '{script: x, only: [merge_requests]}', [false, false, true, false]],
    ['only: [schedules]', '{script: x, only: [schedules]}', [false, false, false, true]],
    ['only: a pattern', '{script: x, only: [/^MA/i]}', [true, false, false, true]],
    ['only: of this project', '{script: x, only: [main@team/app]}', [true, false, false, true]],
    ['only: of another project', '{script: x, only: [main@team/other]}', [false, false, false, false]],
    ['except: [tags]', '{script: x, except: [tags]}', [true, false, false, true]],
    ['except: [schedules]', '{script: x, except: [schedules]}', [true, true, false, false]],
    ['only:variables', '{script: x, only: {variables: [$CI_COMMIT_TAG, $NONE]}}', [false, true, false, false]],
    ['only: refs and variables, both', '{script: x, only: {refs: [main], variables: [$NONE == null]}}', [true, false, false, true]],
    [
      'except: one of them',
      '{script: x, except: {refs: [tags], variables: [$CI_PIPELINE_SOURCE == "schedule"]}}',
      [true, false, false, false],
    ],
    ['only:kubernetes', '{script: x, only: {kubernetes: active}}', [false, false, false, false]],
  ])('a job that %s', (_, job, expected) => {
    const seen = [PUSH, TAG, MERGE_REQUEST, SCHEDULE].map((predefined) => jobsOf(`j: ${job}`, { predefined }).length > 0);
    expect(seen).toEqual(expected);
  });

  test('only:changes asks what changed', () => {
    const changes = () => ['docs/a/b.md'];
    expect(jobsOf('a: {script: x, only: {changes: [docs/**/*]}}\nb: {script: x, only: {changes: [docs/*]}}', { changes })).toEqual(['a']);
  });

  test.each([
    ['only: {refs: main}', '3:16 jobs:j:only refs should be an array of strings'],
    ['only: 1', '3:9 jobs:j:only has to be either an array of conditions or a hash'],
    ['only: {variables: ["$A =="]}', '3:21 jobs:j:only variables invalid expression syntax'],
    ['except: [/(/]', '3:11 jobs:j:except config should be an array of strings or regular expressions using re2 syntax'],
    ['only: [main]\n  rules: [{when: always}]', '3:3 jobs:j config key may not be used with `rules`: only'],
  ])('%s is refused', (line, problem) => {
    expect(problemsOf(`j:\n  script: x\n  ${line}\n`)).toContain(problem);
  });
});

describe('workflow', () => {
  const TEXT = `
workflow:
  name: '$KIND of $CI_COMMIT_REF_NAME'
  auto_cancel: {on_new_commit: interruptible}
  rules:
    - if: $CI_COMMIT_TAG
      variables: {KIND: release}
      auto_cancel: {on_new_commit: none, on_job_failure: all}
    - if: $CI_PIPELINE_SOURCE == "schedule"
      when: never
    - if: $CI_COMMIT_BRANCH
variables: {KIND: branch}
a: {script: x}
b: {script: x, rules: [{if: $KIND == "release"}]}
`;

  test('its rules give variables, which count in names and in the rules of jobs, and what is canceled', () => {
    expect(pipelineOf(TEXT, { predefined: TAG })).toMatchObject({
      name: 'release of v1',
      autoCancel: { onNewCommit: 'none', onJobFailure: 'all' },
      jobs: [{ name: 'a' }, { name: 'b' }],
    });
    expect(pipelineOf(TEXT)).toMatchObject({
      name: 'branch of main',
      autoCancel: { onNewCommit: 'interruptible', onJobFailure: 'none' },
      jobs: [{ name: 'a' }],
    });
  });

  test('a rule that says never, and no rule that fits, leave no pipeline', () => {
    expect(problemsOf(TEXT, { predefined: SCHEDULE })).toEqual(['1:1 Pipeline filtered out by workflow rules.']);
    expect(problemsOf(TEXT, { predefined: MERGE_REQUEST })).toEqual(['1:1 Pipeline filtered out by workflow rules.']);
  });

  test('with it, jobs that say nothing run for merge requests too', () => {
    const all = 'workflow: {rules: [{when: always}]}\nj: {script: x}\n';
    expect(jobsOf(all, { predefined: MERGE_REQUEST })).toEqual(['j']);
  });

  test.each([
    ['rules: [{when: manual}]', '2:18 workflow:rules:rule when unknown value: manual'],
    ['rules: [{allow_failure: true}]', '2:12 workflow:rules:rule config contains unknown keys: allow_failure'],
    ['auto_cancel: {on_new_commit: never}', '2:32 workflow:auto_cancel on new commit must be one of: conservative, interruptible, none'],
    ['auto_cancel: {on_job_failure: some}', '2:33 workflow:auto_cancel on job failure must be one of: none, all'],
  ])('%s is refused', (line, problem) => {
    expect(problemsOf(`workflow:\n  ${line}\nj: {script: x}\n`)).toContain(problem);
  });
});

describe('rules:changes and rules:exists', () => {
  const FILES = ['a/b/c.ts', 'Dockerfile', '.hidden', 'docs/x.md'];
  const repository = { paths: FILES, read: () => '' };
  const changes = (against: string | undefined) => (against === 'refs/heads/gone' ? 'no such ref' : against === undefined ? FILES : ['y']);

  test.each([
    ['a/**/*', true],
    ['**/*.ts', true],
    ['a/*', false],
    ['*', true],
    ['docs/*.{md,txt}', true],
    ['docs/[a-w].md', false],
    ['.hid?en', true],
    ['$FOLDER/**/*.ts', true],
    ['b/c.ts', false],
  ])('%s fits: %s', (glob, fits) => {
    const expected = fits ? ['j'] : [];
    expect(jobsOf(`j: {script: x, variables: {FOLDER: a}, rules: [{exists: ["${glob}"]}]}`, { repository })).toEqual(expected);
    expect(jobsOf(`j: {script: x, variables: {FOLDER: a}, rules: [{changes: ["${glob}"]}]}`, { changes })).toEqual(expected);
  });

  test('all that a rule asks has to be so', () => {
    const rule = (text: string) => jobsOf(`j: {script: x, rules: [{${text}}]}`, { repository, changes });
    expect(rule('exists: [Dockerfile], changes: [Dockerfile]')).toEqual(['j']);
    expect(rule('exists: [none], changes: [Dockerfile]')).toEqual([]);
    expect(rule('if: $NONE, changes: [Dockerfile]')).toEqual([]);
  });

  test('compare_to looks from another ref; one that is not there makes the file invalid', () => {
    const rule = (ref: string) => `j:\n  script: x\n  rules:\n    - changes: {paths: ["y"], compare_to: ${ref}}\n`;
    expect(jobsOf(rule('refs/heads/old'), { changes })).toEqual(['j']);
    expect(problemsOf(rule('refs/heads/gone'), { changes })).toEqual([
      '4:16 rules:changes:compare_to is not a valid ref (refs/heads/gone)',
    ]);
  });

  test('without anything to compare with, every changes is true', () => {
    expect(jobsOf('j: {script: x, rules: [{changes: [none]}]}')).toEqual(['j']);
  });

  test('fifty paths are the limit', () => {
    const paths = (count: number) => `j:\n  script: x\n  rules:\n    - exists: [${Array(count).fill('a').join(', ')}]\n`;
    expect(problemsOf(`${paths(50)}k: {script: x}\n`)).toEqual([]);
    expect(problemsOf(paths(51))).toEqual(['4:15 jobs:j:rules:rule:exists config is too long (maximum is 50 characters)']);
  });
});

describe('needs', () => {
  const MATRIX = 'b: {stage: build, script: x, parallel: {matrix: [{OS: [linux, mac], ARCH: [arm, x86]}]}}\n';

  test.each([
    ['[b]', ['b: [linux, arm]', 'b: [linux, x86]', 'b: [mac, arm]', 'b: [mac, x86]']],
    ['["b: [mac, arm]"]', ['b: [mac, arm]']],
    ['[{job: b, parallel: {matrix: [{OS: linux, ARCH: [arm, x86]}]}}]', ['b: [linux, arm]', 'b: [linux, x86]']],
    ['[{job: b, parallel: {matrix: [{OS: mac}]}}]', ['b: [mac, arm]', 'b: [mac, x86]']],
  ])('%s of a matrix', (needs, expected) => {
    const job = pipelineOf(`${MATRIX}j: {script: x, needs: ${needs}}\n`).jobs.find(({ name }) => name === 'j');
    expect(job?.needs?.map((need) => need.job)).toEqual(expected);
  });

  test('each job of a plain parallel is needed, and each of them has the needs', () => {
    const { jobs } = pipelineOf('b: {stage: build, script: x, parallel: 2}\nj: {script: x, parallel: 2, needs: [b]}\n');
    expect(jobs.slice(2).map(({ needs }) => needs?.map(({ job }) => job))).toEqual([
      ['b 1/2', 'b 2/2'],
      ['b 1/2', 'b 2/2'],
    ]);
  });

  test('a job that the pipeline lacks may be needed only as optional', () => {
    const left = 'b: {stage: build, script: x, rules: [{if: $NONE}]}\n';
    const job = pipelineOf(`${left}j: {script: x, needs: [{job: b, optional: true, artifacts: false}]}\n`).jobs[0];
    expect(job?.needs).toEqual([]);
    expect(problemsOf(`${left}j: {script: x, needs: [b]}\n`)[0]).toMatch(
      /^2:24 'j' job needs 'b' job, but 'b' does not exist in the pipeline\. .* use needs:optional\.$/,
    );
  });

  test('those of a rule take the place of those of the job', () => {
    const text =
      'a: {script: x}\nb: {script: x}\nj: {script: x, needs: [a], rules: [{if: $NONE, needs: [a]}, {needs: [{job: b, artifacts: false}]}]}\n';
    expect(pipelineOf(text).jobs[2]?.needs).toEqual([{ job: 'b', artifacts: false, optional: false }]);
  });

  test.each([
    ['[b, b]', '2:23 j has the following needs duplicated: b.'],
    ['5', '2:23 jobs:j:needs config can only be a hash or an array'],
    ['[{artifacts: true}]', '2:24 jobs:j:needs:need config missing required keys: job'],
    ['[{job: b, parallel: {matrix: [{OS: bsd}]}}]', '2:24 j job: undefined need: b: [bsd]'],
  ])('%s is refused', (needs, problem) => {
    expect(problemsOf(`${MATRIX}j: {script: x, needs: ${needs}}\n`)).toContain(problem);
  });
});
