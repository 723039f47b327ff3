import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'vitest';
import { until } from '../takeover/until.ts';
import { type LocalRun, ScratchRepository } from './scratch-repository.ts';

const LISTING = 'test:\n  script:\n    - echo "on $CI_COMMIT_REF_NAME"\n    - for file in *; do echo "has $file $(cat "$file")"; done\n';

describe.concurrent('local, in a git repository', () => {
  it('takes tracked and untracked files as they are, leaves ignored ones out, and only reads the repository', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': LISTING, '.gitignore': 'ignored\n', tracked: 'old' });
    await repository.commit();
    await repository.write({ tracked: 'new', untracked: 'there', ignored: 'secret', 'ignored-here': 'private' });
    await repository.write({ '.git/info/exclude': 'ignored-here\n' });
    const before = await repository.fingerprint();
    const run = await repository.local();
    equal(run.code, 0, saidBy(run));
    deepEqual(linesWith(run, 'has '), ['has tracked new', 'has untracked there']);
    deepEqual(linesWith(run, 'on '), ['on trunk']);
    equal(linesWith(run, 'test: success').length, 1);
    deepEqual(await repository.fingerprint(), before);
    deepEqual(await repository.leftBehind(), []);
  });
});

describe.concurrent('local, running twice', () => {
  it('has the caches of the first run in the second', async () => {
    const yml =
      'test:\n  cache: {key: all, paths: [deps]}\n  script: [cat deps/f || echo "nothing yet", mkdir -p deps, echo kept > deps/f]\n';
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': yml });
    const [first, second] = [await repository.local(), await repository.local()];
    deepEqual([first.code, second.code], [0, 0], saidBy(first) + saidBy(second));
    deepEqual([linesWith(first, 'nothing yet').length, linesWith(second, 'kept'), linesWith(second, 'nothing yet')], [1, ['kept'], []]);
    deepEqual(linesWith(second, 'Success'), ['Successfully extracted cache']);
    deepEqual(await repository.leftBehind(), []);
  });
});

describe.concurrent('local, reading the pipeline as GitLab does', () => {
  it('lists and runs the same jobs: includes, rules by source, and the source in the job itself', async () => {
    await using repository = await ScratchRepository.make({
      '.gitlab-ci.yml': 'include: /ci/*.yml\nstages: [test]\n',
      'ci/web.yml': 'web:\n  rules: [{if: $CI_PIPELINE_SOURCE == "web"}]\n  script: [echo "source $CI_PIPELINE_SOURCE"]\n',
      'ci/push.yml': 'push:\n  rules: [{if: $CI_PIPELINE_SOURCE == "push"}]\n  script: [echo never]\n',
    });
    const listed = await repository.local('--list', '--source', 'web');
    deepEqual([listed.code, /\bweb\b/.test(listed.stdout), /\bpush\b/.test(listed.stdout)], [0, true, false], saidBy(listed));
    const run = await repository.local('--source', 'web');
    equal(run.code, 0, saidBy(run));
    deepEqual([linesWith(run, 'source '), linesWith(run, 'never')], [['source web'], []]);
  });
});

describe.concurrent('local says by its exit code', () => {
  it('that a job failed (1), and names job and exit code', async () => {
    const yml = 'good:\n  script: [echo fine]\nbad:\n  script: [echo broken, exit 3]\n';
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': yml });
    const run = await repository.local();
    equal(run.code, 1, saidBy(run));
    match(run.stdout, /^\[bad\] broken$/m);
    match(run.stdout, /^\[good\] fine$/m);
    match(run.stdout, /^bad: failed \(script_failure, exit code 3\) in \d/m);
    match(run.stdout, /^good: success in \d/m);
    deepEqual(await repository.leftBehind(), []);
  });

  it('that no runner takes a job (1), and why', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': 'test:\n  tags: [elsewhere]\n  script: [echo never]\n' });
    await repository.write({ 'runners.json': JSON.stringify(RUNNERS) });
    const run = await repository.local('--config', 'runners.json');
    equal(run.code, 1, saidBy(run));
    match(run.stdout, /^test: failed \(stuck_pending_no_matching_runners\)$/m);
    match(run.stderr, /^test: .*elsewhere/m);
    ok(!run.stdout.includes('never\n'));
  });

  it('that the pipeline file is wrong (78), with every line, before anything is started', async () => {
    const yml = 'first:\n  scrip: [x]\nsecond:\n  script: [x]\n  whenn: never\n';
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': yml });
    const run = await repository.local();
    deepEqual([run.code, run.stdout], [78, '']);
    match(run.stderr, /^\.gitlab-ci\.yml:2:3: .*scrip/m);
    match(run.stderr, /^\.gitlab-ci\.yml:5:3: .*whenn/m);
    deepEqual(await repository.leftBehind(), []);
  });

  it('that there is no pipeline file (78), and what to do', async () => {
    await using repository = await ScratchRepository.make({ file: 'x' });
    const run = await repository.local();
    deepEqual([run.code, run.stdout], [78, '']);
    match(run.stderr, /\.gitlab-ci\.yml: the pipeline file can not be read \[FR_LOCAL_NO_PIPELINE\]\n {2}do: .*--directory/);
  });

  it('that it was interrupted (130): the script is stopped, its after_script runs, nothing is left', async () => {
    const yml = 'test:\n  script: [echo begun, while :; do echo .; sleep 0.2; done]\n  after_script: [echo "after $CI_JOB_STATUS"]\n';
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': yml });
    const run = repository.start([]);
    await run.printed('\nbegun\n');
    run.interrupt();
    const end = await run.ended;
    equal(end.code, 130, saidBy(end));
    deepEqual(linesWith(end, 'after '), ['after canceled']);
    match(end.stdout, /^test: canceled/m);
    deepEqual(await repository.leftBehind(), []);
  });
});

describe.concurrent('local', () => {
  it('leaves no process behind even when it is killed', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': 'test:\n  script: [echo begun, sleep 1000]\n' });
    const run = repository.start([]);
    await run.printed('\nbegun\n');
    run.kill();
    await run.ended;
    await until(async () => (await repository.leftBehind()).every((line) => !/^\d+: /.test(line)), 'every process has ended');
  });

  it('runs jobs in workers behind the sshd of the system', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': 'test:\n  script: [echo "over sshd"]\n' });
    const run = await repository.local('--worker', 'sshd');
    equal(run.code, 0, saidBy(run));
    deepEqual(linesWith(run, 'over sshd'), ['over sshd']);
    deepEqual(await repository.leftBehind(), []);
  });
});

const RUNNERS = {
  gitlab_url: 'https://gitlab.example.com',
  gitlab_runner_name_prefix: 'e2e',
  managers_configs: {
    here: {
      tags: ['here'],
      worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
      worker_subnet_id: 'subnet-0123456789abcdef0',
      worker_security_group_id: 'sg-0123456789abcdef0',
    },
  },
};

function linesWith(run: LocalRun, beginning: string): string[] {
  return run.stdout.split('\n').filter((line) => line.startsWith(beginning));
}

function saidBy(run: LocalRun): string {
  return `${run.stdout}\n${run.stderr}`;
}
