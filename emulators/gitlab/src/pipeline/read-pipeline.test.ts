import { expect, test } from 'vitest';
import type { Pipeline, PipelineJob } from './pipeline.ts';
import { readPipeline } from './read-pipeline.ts';

function valid(text: string): { readonly pipeline: Pipeline; readonly notes: readonly string[] } {
  const reading = readPipeline(text, { file: 'ci.yml' });
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems));
  return reading;
}

function onlyJob(text: string): PipelineJob {
  const [job] = valid(text).pipeline.jobs;
  if (!job) throw new Error('there is no job');
  return job;
}

/** `line:column what` of every problem. */
function problems(text: string): readonly string[] {
  const reading = readPipeline(text, { file: 'ci.yml' });
  return reading.kind === 'valid' ? [] : reading.problems.map(({ at, what }) => `${at?.replace('ci.yml:', '')} ${what}`);
}

test('the smallest job has the defaults of GitLab', () => {
  const { pipeline } = valid('hello:\n  script: echo hi\n');
  expect(pipeline.stages).toEqual(['.pre', 'build', 'test', 'deploy', '.post']);
  expect(pipeline.jobs).toMatchObject([
    {
      name: 'hello',
      stage: 'test',
      tags: [],
      when: 'on_success',
      allowFailure: false,
      script: ['echo hi'],
      afterScript: [],
      variables: [],
    },
  ]);
});

test('a job may say everything that is understood', () => {
  const job = onlyJob(`
stages: [prepare, check]
hello:
  stage: check
  tags: [dev, tool1]
  when: always
  allow_failure: true
  timeout: 1h 30m
  before_script: [a]
  script:
    - b
    - [c, [d]]
    - |
      e
      f
  after_script: z
`);
  expect(job).toMatchObject({
    stage: 'check',
    tags: ['dev', 'tool1'],
    when: 'always',
    allowFailure: true,
    timeoutSeconds: 5400,
    afterScript: ['z'],
  });
  expect(job.script).toEqual(['a', 'b', 'c', 'd', 'e\nf\n']);
});

test('default and the older top-level keys apply where the job says nothing; an empty list is something said', () => {
  const text = `
after_script: [top]
default:
  before_script: [first]
  tags: [dev]
  timeout: 90 minutes
a:
  script: run
b:
  script: run
  before_script: []
  tags: []
`;
  const [a, b] = valid(text).pipeline.jobs;
  expect(a).toMatchObject({ script: ['first', 'run'], tags: ['dev'], timeoutSeconds: 5400, afterScript: ['top'] });
  expect(b).toMatchObject({ script: ['run'], tags: [] });
});

test('variables keep their order, global before own, and numbers are written as GitLab writes them', () => {
  const { variables } = onlyJob(`
variables:
  PLAIN: text
  WHOLE: 9007199254740993
  POINT: 1.0
  OCTAL: 0755
  DATE: 2026-01-02
  ANSWER: y
  RAW: {value: $HOME, expand: false, description: why}
job:
  variables: {PLAIN: own}
  script: run
`);
  expect(variables.map(({ key, value, isExpanded }) => `${key}=${value}${isExpanded ? '' : ' raw'}`)).toEqual([
    'PLAIN=text',
    'WHOLE=9007199254740993',
    'POINT=1.0',
    'OCTAL=493',
    'DATE=2026-01-02',
    'ANSWER=y',
    'RAW=$HOME raw',
    'PLAIN=own',
  ]);
});

test('hidden jobs are left out; anchors and merge keys are followed, own keys win', () => {
  const [a, b] = valid(`
.base: &base
  tags: [dev]
  script: base
.steps: &steps [one, two]
a:
  <<: *base
  script: own
b:
  <<: [*base]
  script:
    - *steps
    - three
`).pipeline.jobs;
  expect([a?.name, a?.tags, a?.script]).toEqual(['a', ['dev'], ['own']]);
  expect(b?.script).toEqual(['one', 'two', 'three']);
});

test('what only a real GitLab can serve is named at once, with its place and the reason', () => {
  const text = `
include:
  - {project: a/b, file: x.yml}
  - https://example.com/ci.yml
  - {component: gitlab.com/a/b@1}
  - {template: Auto-DevOps.gitlab-ci.yml}
test:
  id_tokens: {TOKEN: {aud: x}}
  needs: [{project: a/b, job: c, ref: main}]
  run: []
  identity: google_cloud
child:
  trigger: {include: a.yml}
`;
  expect(problems(text)).toEqual([
    '3:15 include:project is unsupported here: the stand-in has no other projects, servers or templates',
    '4:5 include:remote is unsupported here: the stand-in has no other projects, servers or templates',
    '5:17 include:component is unsupported here: the stand-in has no other projects, servers or templates',
    '6:16 include:template is unsupported here: the stand-in has no other projects, servers or templates',
    '8:3 jobs:test:id_tokens is unsupported here: the stand-in signs no tokens that a cloud or a vault would accept',
    '9:12 jobs:test:needs:project is unsupported here: the stand-in has no other pipelines or projects',
    '10:3 jobs:test:run is not yet supported',
    '11:3 jobs:test:identity is not yet supported',
    '13:3 jobs:child:trigger is unsupported here: the stand-in has one pipeline at a time, and no other projects',
  ]);
});

test.each([
  ['test:\n  tags: [a]\n', ['1:1 jobs test config should implement the script:, run:, or trigger: keyword']],
  ['test:\n  script: []\n', ["2:11 jobs:test script can't be blank"]],
  ['test: 5\n', ['1:1 jobs:test config should be a hash']],
  [
    'test:\n  script:\n    - echo: hi\n    - 5\n',
    [
      '3:7 jobs:test:script config should be a string or a nested array of strings up to 10 levels deep',
      '4:7 jobs:test:script config should be a string or a nested array of strings up to 10 levels deep',
    ],
  ],
  [
    'test:\n  stage: prod\n  script: x\n',
    ['2:10 test job: chosen stage prod does not exist; available stages are .pre, build, test, deploy, .post'],
  ],
  ['stages: [one]\ntest:\n  script: x\n', ['2:1 test job: chosen stage test does not exist; available stages are .pre, one, .post']],
  ['test:\n  script: x\n  scripts: y\n', ['3:3 jobs:test config contains unknown keys: scripts']],
  ['test:\n  script: x\n  tags: dev\n', ['3:9 jobs:test:tags config should be an array of strings']],
  ['test:\n  script: x\n  when: sometimes\n', ['3:9 jobs:test when should be one of: on_success, on_failure, always, manual, delayed']],
  ['test:\n  script: x\n  timeout: soon\n', ['3:12 jobs:test:timeout config should be a duration']],
  ['test:\n  script: x\n  allow_failure: maybe\n', ['3:18 jobs:test allow failure should be a hash or a boolean value']],
  ['variables: [A]\ntest:\n  script: x\n', ['1:12 variables config should be a hash of key value pairs, value can be a hash']],
  ['variables:\n  A: true\ntest:\n  script: x\n', ['2:3 variables config should be a hash of key value pairs, value can be a hash']],
  ['stages: build\ntest:\n  script: x\n', ['1:9 stages config should be an array of strings']],
  ['.hidden:\n  script: x\n', ['1:1 jobs config should contain at least one visible job']],
  ['', ['1:1 Please provide content of .gitlab-ci.yml']],
  ['- a\n', ['1:1 Invalid configuration format']],
])('what GitLab refuses is refused in its words: %j', (text, expected) => {
  expect(problems(text)).toEqual(expected);
});

test('broken YAML is a problem with its place', () => {
  const [problem] = problems('test:\n  script: [a\n');
  expect(problem).toMatch(/^3:1 invalid YAML: /);
});

test('aliases that would fill the memory, and aliases inside their own anchor, are refused', () => {
  const levels = Array.from({ length: 9 }, (_, level) => `.l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`);
  expect(problems(`.l0: &l0 [a, b]\n${levels.join('\n')}\ntest:\n  script: x\n`)[0]).toContain('The parsed YAML is too big');
  expect(problems('.a: &a\n  - *a\ntest:\n  script: x\n')[0]).toContain('inside its own anchor');
});
