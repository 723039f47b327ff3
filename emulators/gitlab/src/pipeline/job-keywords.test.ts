import { expect, test } from 'vitest';
import type { PipelineJob } from './pipeline.ts';
import { readPipeline } from './read-pipeline.ts';
import { isTriedAgain } from './retry-policy.ts';

/** The job `j`, from its lines but `script`. */
function jobOf(...lines: readonly string[]): PipelineJob | undefined {
  const text = `j:\n  script: x\n${lines.map((line) => `  ${line}\n`).join('')}halt: {script: x, environment: {name: env, action: stop}}\n`;
  const reading = readPipeline(text, { file: 'ci.yml', predefined: { BRANCH: 'main' } });
  if (reading.kind === 'invalid') throw new Error(reading.problems.map(({ at, what }) => `${at} ${what}`).join('\n'));
  return reading.pipeline.jobs[0];
}

function problemsOf(...lines: readonly string[]): readonly string[] {
  const text = `j:\n  script: x\n${lines.map((line) => `  ${line}\n`).join('')}`;
  const reading = readPipeline(text, { file: 'ci.yml' });
  return reading.kind === 'valid' ? [] : reading.problems.map(({ at, what }) => `${at?.replace('ci.yml:', '')} ${what}`);
}

const NO_RETRY = { max: 0, when: ['always'], exitCodes: [] };

test.each([
  ['delayed', ['when: delayed', 'start_in: 1 day'], { when: 'delayed', startInSeconds: 86_400 }],
  ['delayed by a rule', ['rules: [{when: delayed, start_in: 10 minutes}]'], { when: 'delayed', startInSeconds: 600 }],
  ['without retry', [], { retry: NO_RETRY }],
  ['retry: a number', ['retry: 2'], { retry: { max: 2, when: ['always'], exitCodes: [] } }],
  ['retry: one reason', ['retry: {max: 1, when: script_failure}'], { retry: { max: 1, when: ['script_failure'], exitCodes: [] } }],
  [
    'retry: reasons and exit codes',
    ['retry: {max: 2, when: [api_failure, runner_system_failure], exit_codes: [1, 137]}'],
    { retry: { max: 2, when: ['api_failure', 'runner_system_failure'], exitCodes: [1, 137] } },
  ],
  ['retry: an exit code alone', ['retry: {max: 1, exit_codes: 42}'], { retry: { max: 1, when: [], exitCodes: [42] } }],
  ['allow_failure by exit codes', ['allow_failure: {exit_codes: [3, 4]}'], { allowFailure: false, allowedExitCodes: [3, 4] }],
  ['manual', ['when: manual'], { when: 'manual', allowFailure: true }],
  ['manual by a rule', ['rules: [{when: manual}]'], { when: 'manual', allowFailure: false }],
  ['manual and blocking', ['when: manual', 'allow_failure: false'], { when: 'manual', allowFailure: false }],
  [
    'environment: a name',
    ['environment: env/$BRANCH'],
    { environment: { name: 'env/main', action: 'start', url: undefined, onStop: undefined } },
  ],
  [
    'environment: all',
    ['environment:', '  name: env', '  url: https://x', '  on_stop: halt', '  auto_stop_in: 1 week', '  deployment_tier: staging'],
    {
      environment: {
        name: 'env',
        action: 'start',
        url: 'https://x',
        onStop: 'halt',
        autoStopIn: '1 week',
        deploymentTier: 'staging',
      },
    },
  ],
  ['environment: prepare', ['environment: {name: env, action: prepare}'], { environment: { action: 'prepare' } }],
  [
    'services: all forms',
    [
      'services:',
      '  - postgres:16',
      '  - name: redis:7',
      '    alias: "cache, queue"',
      '    command: redis-server',
      '    entrypoint: [sh, -c]',
      '    variables: {A: 1, B: {value: $A, expand: false}}',
      '    pull_policy: [always, if-not-present]',
      '    docker: {platform: linux/arm64, user: 1000}',
    ],
    {
      services: [
        { name: 'postgres:16', alias: undefined, command: undefined, entrypoint: undefined, variables: [] },
        {
          name: 'redis:7',
          alias: 'cache, queue',
          command: ['redis-server'],
          entrypoint: ['sh', '-c'],
          variables: [
            { key: 'A', value: '1', isExpanded: true },
            { key: 'B', value: '$A', isExpanded: false },
          ],
          pullPolicy: ['always', 'if-not-present'],
          docker: { platform: 'linux/arm64', user: '1000' },
        },
      ],
    },
  ],
  [
    'reports',
    [
      'artifacts:',
      '  reports:',
      '    junit: a.xml',
      '    dotenv: [b.env, c.env]',
      '    coverage_report: {coverage_format: cobertura, path: d.xml}',
    ],
    {
      artifacts: {
        paths: [],
        reports: [
          { type: 'junit', paths: ['a.xml'] },
          { type: 'dotenv', paths: ['b.env', 'c.env'] },
          { type: 'cobertura', paths: ['d.xml'] },
        ],
      },
    },
  ],
  [
    'cache: one with files',
    ['cache: {key: {files: [a.lock, "*.sum"], prefix: $BRANCH}, paths: [p], unprotect: true, when: always, policy: $POLICY}'],
    {
      cache: [
        { key: { files: ['a.lock', '*.sum'], source: 'contents', prefix: '$BRANCH' }, unprotect: true, when: 'always', policy: '$POLICY' },
      ],
    },
  ],
  [
    'cache: by commits',
    ['cache: [{key: {files_commits: [a]}, paths: [p]}, {paths: [q]}]'],
    { cache: [{ key: { files: ['a'], source: 'commits', prefix: undefined } }, { key: 'default', paths: ['q'] }] },
  ],
  ['hooks', ['hooks: {pre_get_sources_script: [a, b]}'], { hooks: [{ name: 'pre_get_sources_script', script: ['a', 'b'] }] }],
  ['pages', ['pages: {publish: site, path_prefix: $BRANCH}'], { pages: { publish: 'site' }, artifacts: { paths: ['site'] } }],
  ['tags with variables', ['tags: [a, $BRANCH]'], { tags: ['a', 'main'] }],
])('%s', (_, lines, expected) => {
  expect(jobOf(...lines)).toMatchObject(expected);
});

test.each([
  [['when: delayed'], '1:1 jobs:j start in should be a duration'],
  [['start_in: 1 hour'], '3:13 jobs:j start in must be blank'],
  [['when: delayed', 'start_in: 8 days'], '4:13 jobs:j start in should not exceed the limit'],
  [['rules: [{when: delayed}]'], "3:11 jobs:j:rules:rule start in can't be blank"],
  [['rules: [{start_in: 1 hour}]'], '3:12 jobs:j:rules:rule config contains disallowed keys: start_in'],
  [['rules: [{when: sometimes}]'], '3:18 jobs:j:rules:rule when unknown value: sometimes'],
  [['retry: 3'], '3:10 retry config must be less than or equal to 2'],
  [['retry: soon'], '3:10 retry config has to be either an integer or a hash'],
  [['retry: {max: 1.5}'], '3:16 retry max must be an integer'],
  [['retry: {max: -1}'], '3:16 retry max must be greater than or equal to 0'],
  [['retry: {when: never}'], '3:17 retry when is not included in the list'],
  [['retry: {when: [always, never]}'], '3:17 retry when contains unknown values: never'],
  [['retry: {exit_codes: [a]}'], '3:23 retry exit codes should be an array of integers or an integer'],
  [['retry: {often: 1}'], '3:11 retry config contains unknown keys: often'],
  [['allow_failure: {exit_codes: a}'], '3:31 jobs:j:allow_failure exit codes should be an array of integers or an integer'],
  [['timeout: 2 months'], '3:12 jobs:j:timeout config should not exceed the limit'],
  [['parallel: 201'], '3:13 jobs:j:parallel config must be less than or equal to 200'],
  [['parallel: many'], '3:13 jobs:j:parallel should be an integer or a hash'],
  [['interruptible: maybe'], '3:18 jobs:j:interruptible config should be a boolean value'],
  [['stage: 1'], '3:10 jobs:j:stage config should be a string'],
  [['resource_group: [a]'], '3:19 jobs:j resource group should be a string'],
  [['services: postgres'], '3:13 jobs:j:services config should be a array'],
  [['services: [1]'], '3:14 jobs:j:services:service config should be a hash or a string'],
  [['image: [a]'], '3:10 jobs:j:image config should be a hash or a string'],
  [['coverage: a'], '1:1 jobs:j:coverage config must be a regular expression with re2 syntax'],
  [['artifacts: {paths: a}'], '3:22 jobs:j:artifacts paths should be an array of strings'],
  [['artifacts: {expire_in: 7 elephants}'], '3:26 jobs:j:artifacts expire in should be a duration'],
  [['artifacts: {reports: {junits: a}}'], '3:25 jobs:j:artifacts:reports config contains unknown keys: junits'],
  [['cache: {untracked: a}'], '3:22 jobs:j:cache:untracked config should be a boolean value'],
  [['cache: {paths: a}'], '3:18 jobs:j:cache:paths config should be an array of strings'],
  [['cache: {key: 1}'], '3:16 jobs:j:cache:key should be a hash, a string or a symbol'],
  [['cache: {key: a/b}'], '3:16 jobs:j:cache:key config cannot contain the "/" character'],
  [['cache: {key: ..}'], '3:16 jobs:j:cache:key config cannot be "." or ".."'],
  [['cache: {key: {files: []}}'], '3:24 jobs:j:cache:key:files config requires at least 1 item'],
  [['cache: {key: {files: [a, b, c]}}'], '3:24 jobs:j:cache:key:files config has too many items (maximum is 2)'],
  [['cache: {key: {prefix: a}}'], '3:16 jobs:j:cache:key config missing required keys: files'],
  [['cache: {fallback_keys: [a, b, c, d, e, f]}'], '3:26 jobs:j:cache fallback keys has to many entries (maximum 5)'],
  [['cache: {policy: pop}'], '3:19 jobs:j:cache policy should be a variable or one of: pull-push, push, pull'],
  [
    ['environment: a*b'],
    "3:16 jobs:j:environment name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'",
  ],
  [['environment: {name: a, action: go}'], '3:34 jobs:j:environment action should be start, stop, prepare, verify, or access'],
  [
    ['environment: {name: a, deployment_tier: top}'],
    '3:43 jobs:j:environment deployment tier must be one of production, staging, testing, development, other',
  ],
  [[`environment: {name: a, url: ${'u'.repeat(256)}}`], '3:31 jobs:j:environment url is too long (maximum is 255 characters)'],
  [['image: {name: a, pull_policy: later}'], '3:33 jobs:j:image:pull_policy config is not included in the list'],
  [['image: {name: a, pull_policy: [always, later]}'], '3:33 jobs:j:image:pull_policy config contains unknown values: later'],
  [['image: {name: a, pull_policy: []}'], "3:33 jobs:j:image:pull_policy config can't be blank"],
  [['artifacts: {when: never}'], '3:21 jobs:j:artifacts when should be one of: on_success, on_failure, always'],
  [['artifacts: {public: true, access: all}'], '3:14 jobs:j:artifacts config these keys cannot be used together: public, access'],
  [['environment: {url: a}'], "3:16 jobs:j:environment name can't be blank"],
  [['environment: {name: a, auto_stop_in: soon}'], '3:40 jobs:j:environment auto stop in should be a duration'],
  [['environment: {name: a, on_stop: gone}'], '1:1 j job: on_stop job gone is not defined'],
  [['variables: {A: {value: x, description: y}}'], '3:15 jobs:j:variables:A config uses invalid data keys: description'],
  [['dependencies: all'], '3:17 jobs:j dependencies should be an array of strings'],
])('%j is refused in the words of GitLab', (lines, problem) => {
  expect(problemsOf(...lines)).toContain(problem);
});

test('a retry for a reason that was split is one for each of its parts', () => {
  const retry = { max: 1, when: ['stuck_or_timeout_failure'], exitCodes: [] };
  const isTried = (reason: string) => isTriedAgain(retry, { reason, exitCode: undefined, tries: 0 });
  expect(['stuck_or_timeout_failure', 'no_updates_running', 'stuck_pending_no_matching_runners', 'script_failure'].map(isTried)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
