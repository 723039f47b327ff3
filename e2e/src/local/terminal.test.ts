import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { PtyRun } from './pty-run.ts';
import { ScratchRepository } from './scratch-repository.ts';

const STAGES = `
stages: [build, test, deploy]
compile:
  stage: build
  script: [echo compiling]
unit:
  stage: test
  script:
    - echo "a line that is longer than eighty columns are wide, so that it has to be cut off at the right edge of the screen, somewhere"
    - while [ ! -e /var/tmp/$GATE ]; do sleep 0.1; done
lint:
  stage: test
  script: ["printf 'lint \\\\033[2J\\\\033[31mred\\\\033[0m ünï 漢字\\\\n'"]
deploy:
  stage: deploy
  script: [echo deployed]
`;

/** The log that is shown is that of the last job that runs: only of that one is it known that its script has begun. */
const ENDLESS = `
one:
  script: [while :; do sleep 0.2; done]
two:
  script: [echo begun, while :; do sleep 0.2; done]
  after_script: [echo "after $CI_JOB_STATUS"]
`;

const shows = (words: string) => (screen: readonly string[]) => screen.some((row) => row.includes(words));

describe.concurrent('local on a terminal', () => {
  it('shows stages side by side, the chosen log, survives 120 -> 80 -> 120 columns, and leaves a summary', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': STAGES });
    await using gate = await repository.gate();
    const run = repository.inTerminal({ columns: 120, rows: 30 }, '--var', `GATE=${gate.name}`, '--concurrency', '2');
    await run.sees(shows('unit: running'));
    await run.sees(
      (screen) => shows('a line that is longer')(screen) && screen.some((row) => row.startsWith('build ') && /test .*deploy/.test(row)),
    );
    ok(run.isOnSecondScreen);
    for (const columns of [80, 120]) {
      await run.resize({ columns, rows: 30 });
      await run.sees((screen) => isWhole(screen, columns));
    }
    run.press('\u001b[B');
    await run.sees((screen) => shows('lint: success')(screen) && shows('lint red ünï 漢字')(screen));
    await gate.open();
    equal(await run.end(), 0, run.firstScreen.join('\n'));
    await assertRestored(run);
    deepEqual(summaryOf(run), ['compile: success', 'unit: success', 'lint: success', 'deploy: success', 'pipeline: success']);
    ok(!run.raw.includes('\u001b[2J\u001b[31m'), "a job's log never speaks to the terminal");
    deepEqual(await repository.leftBehind(), []);
  });

  it('Ctrl-C cancels and says so: after_script runs, the terminal is given back (130)', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': ENDLESS });
    const run = repository.inTerminal({ columns: 80, rows: 24 }, '--concurrency', '2');
    await run.sees(shows('begun'));
    run.press('\u0003');
    await run.sees(shows('canceling'));
    equal(await run.end(), 130, run.firstScreen.join('\n'));
    await assertRestored(run);
    match(await repository.read('.fargate-gitlab-runner/jobs/two/log.txt'), /^after canceled$/m);
    deepEqual(await repository.leftBehind(), []);
  });

  it('Ctrl-C twice ends everything at once, and nothing is left (130)', async () => {
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': ENDLESS.replace('echo "after', 'sleep 1000; echo "after') });
    const run = repository.inTerminal({ columns: 80, rows: 24 }, '--concurrency', '2');
    await run.sees(shows('begun'));
    run.press('\u0003\u0003');
    equal(await run.end(), 130, run.firstScreen.join('\n'));
    await assertRestored(run);
    deepEqual(await repository.leftBehind(), []);
  });

  it('asks for a manual job in its own words, and plays it', async () => {
    const yml =
      'test:\n  script: [echo tested]\nrelease:\n  stage: deploy\n  when: manual\n  manual_confirmation: Really?\n  script: [echo released]\n';
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': yml });
    const run = repository.inTerminal({ columns: 80, rows: 24 }, '--plain');
    await run.sees(shows('play release: Really? [y/N]'));
    run.press('y\r');
    equal(await run.end(), 0, run.firstScreen.join('\n'));
    ok(run.firstScreen.includes('[release] released'), run.firstScreen.join('\n'));
    ok(!run.raw.includes('\u001b[?1049h'));
  });

  it('plays the chosen manual job by a key, and leaves by another', async () => {
    const yml =
      'test:\n  script: [echo tested]\nrelease:\n  stage: deploy\n  when: manual\n  manual_confirmation: Really?\n  script: [echo released]\nother:\n  stage: deploy\n  when: manual\n  script: [exit 1]\n';
    await using repository = await ScratchRepository.make({ '.gitlab-ci.yml': yml });
    const run = repository.inTerminal({ columns: 80, rows: 24 });
    await run.sees(shows('waiting: release, other'));
    run.press('p');
    await run.sees(shows('play release: Really? p again plays it'));
    run.press('p');
    await run.sees(shows('waiting: other'));
    run.press('q');
    equal(await run.end(), 0, run.firstScreen.join('\n'));
    deepEqual(summaryOf(run), ['test: success', 'release: success', 'other: manual', 'pipeline: success']);
  });
});

/** Every row is there once and ends inside the width. */
function isWhole(screen: readonly string[], columns: number): boolean {
  const rules = screen.filter((row) => /^── . unit: running/.test(row));
  const keys = screen.filter((row) => row.includes('Ctrl-C cancel'));
  return rules.length === 1 && rules[0]?.length === columns && keys.length === 1 && (screen[0] ?? '').trimStart().startsWith('running');
}

/** The first screen is shown, with its cursor and wrapping; keys are echoed and come in lines again. */
async function assertRestored(run: PtyRun): Promise<void> {
  ok(!run.isOnSecondScreen);
  ok(run.raw.slice(run.raw.lastIndexOf('\u001b[?1049h')).includes('\u001b[?7h\u001b[?25h\u001b[?1049l'));
  match(await run.settings(), /[^-]icanon.*[^-]echo /s);
}

function summaryOf(run: PtyRun): string[] {
  return run.firstScreen.flatMap((row) => /^(\S+: (?:success|failed|canceled|manual))\b/.exec(row)?.[1] ?? []);
}
