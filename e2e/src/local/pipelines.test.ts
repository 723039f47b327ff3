import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { ScratchRepository } from './scratch-repository.ts';

const STAGES = `
stages: [build, test]
first:
  stage: build
  script: [mkdir -p out/deep, echo bytes > out/deep/file, ln -s /etc/passwd out/link, echo "<testsuite/>" > junit.xml]
  artifacts: {paths: [out], reports: {junit: junit.xml}}
slow:
  stage: build
  script: ["while [ ! -e /var/tmp/$GATE ]; do sleep 0.1; done", echo "slow ends"]
second:
  stage: test
  needs: [first]
  retry: 1
  script: [echo "ran with $(cat out/deep/file)", exit 4]
third:
  stage: test
  script: [echo waited]
`;

const MANUAL = `
test:
  script: [echo tested]
release:
  stage: deploy
  when: manual
  allow_failure: false
  script: [echo released]
`;

const INPUTS = `
spec:
  inputs: {count: {type: number}, name: {default: world}}
---
include: part.yml
.base: {before_script: [echo before]}
hello:
  extends: .base
  rules: [{if: $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == "trunk", changes: [new]}]
  script: [echo "$[[ inputs.name ]] $[[ inputs.count ]]"]
`;

describe.concurrent('local, with a pipeline of stages', () => {
  it('starts a job once what it needs is there, tries again, keeps artifacts and reports, and ends as the pipeline did (1)', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': STAGES });
    await using gate = await repository.gate();
    const run = repository.start(['--var', `GATE=${gate.name}`, '--concurrency', '3']);
    await run.printed('second: running, try 2');
    await run.printed('second: failed (script_failure, exit code 4, try 2)');
    await gate.open();
    const { code, stdout, stderr } = await run.ended;
    equal(code, 1, stdout + stderr);
    ok(stdout.indexOf('[second] ran with bytes') < stdout.indexOf('[slow] slow ends'));
    ok(stdout.indexOf('[slow] slow ends') < stdout.indexOf('[third] waited'));
    const jobs = '.fargate-gitlab-runner/jobs';
    match(await repository.read(`${jobs}/second/log.2.txt`), /^ran with bytes$/m);
    equal(await repository.read(`${jobs}/first/artifacts/out/deep/file`), 'bytes\n');
    equal(await repository.read(`${jobs}/first/reports/junit.xml`), '<testsuite/>\n');
    deepEqual(await readdir(join(repository.folder, jobs, 'first/artifacts/out')), ['deep']);
    match(stderr, /^first: symbolic links of its artifacts are not kept \(1\)$/m);
    match(stdout, /^kept: .*jobs\/first\/artifacts$/m);
    equal(await repository.git('status', '--porcelain'), '?? .gitlab-ci.yml');
    deepEqual(await repository.leftBehind(), []);
  });

  it('leaves a manual job alone and says that the pipeline waits for it (2); --manual plays it (0)', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': MANUAL });
    const waits = await repository.local();
    deepEqual([waits.code, /^not played: release;/m.test(waits.stderr)], [2, true], waits.stdout + waits.stderr);
    match(waits.stdout, /^pipeline: manual in /m);
    const played = await repository.local('--manual', 'release');
    deepEqual([played.code, /^\[release\] released$/m.test(played.stdout)], [0, true], played.stdout + played.stderr);
  });
});

describe.concurrent('local, reading only', () => {
  it('--expand prints the file as one, with inputs put in; nothing is started', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': INPUTS, 'part.yml': 'other: {script: [echo other]}\n' });
    const { code, stdout, stderr } = await repository.local('--expand', '--input', 'count=3', '--input', 'name=you');
    deepEqual([code, stderr], [0, '']);
    const expected = ['other:', '  script:', '    - echo other', 'hello:', '  before_script:', '    - echo before', '  rules:'];
    deepEqual(stdout.split('\n').slice(0, expected.length), expected);
    match(stdout, /^ {4}- echo "you 3"$/m);
    ok(!stdout.includes('.base'));
  });

  it('says what is wrong with an input (78)', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': INPUTS, 'part.yml': '' });
    const wrong = await repository.local('--list', '--input', 'count=many', '--input', 'nothing');
    deepEqual([wrong.code, /--input: .*\[FR_LOCAL_INPUT\]/.test(wrong.stderr)], [78, true], wrong.stderr);
    const mistyped = await repository.local('--list', '--input', 'count=many');
    deepEqual([mistyped.code, mistyped.stderr.includes('`count` input: provided value is not a number')], [78, true], mistyped.stderr);
  });

  it('a merge request goes into the default branch, and has changed what its branch has changed', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': INPUTS, 'part.yml': 'other: {script: [x]}\n' });
    await repository.commit();
    await repository.git('config', 'init.defaultBranch', 'trunk');
    await repository.git('checkout', '--quiet', '-b', 'feature');
    const listed = async () =>
      JSON.parse((await repository.local('--list', '--json', '--input', 'count=1', '--source', 'merge_request_event')).stdout || '[]');
    const names = (jobs: readonly { name: string }[]) => jobs.map(({ name }) => name);
    deepEqual(names(await listed()), []);
    await repository.write({ new: 'file' });
    deepEqual(names(await listed()), ['hello']);
  });
});
