import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedStage } from '../../shell/stage-plan.ts';
import type { RecordedStage } from '../../store/job-record.ts';
import { decidedEnding, nextStep, stageInFlight, timedOut } from './stage-sequence.ts';

const stage = (name: PlannedStage['name'], kind: PlannedStage['kind'], attempts = 1): PlannedStage => ({
  name,
  kind,
  attempts,
  heading: name,
});
const plan: PlannedStage[] = [
  stage('prepare_script', 'predefined'),
  stage('get_sources', 'predefined', 3),
  stage('step_script', 'user'),
  stage('step_release', 'user'),
  stage('after_script', 'after'),
  stage('cleanup_file_variables', 'predefined'),
];

type End = NonNullable<RecordedStage['end']>;
type Behaviour = (name: string, attempt: number) => Partial<End> & { readonly limit?: RecordedStage['limit'] };

/** Runs the sequence to its end with stages that behave as told; `canceledFrom` runs have happened when the cancel comes. */
function walk(behave: Behaviour, canceledFrom = Number.POSITIVE_INFINITY, stages = plan) {
  const done: RecordedStage[] = [];
  const statuses: string[] = [];
  for (let turn = 0; turn < 30; turn++) {
    const next = nextStep(stages, done, { isCanceled: done.length >= canceledFrom, timeoutS: 3600 });
    if (next.kind === 'end') return { names: done.map((run) => `${run.stage}.${run.attempt}`), ending: next.ending, statuses, done };
    const { limit = 'job', ...end } = behave(next.stage.name, next.attempt);
    statuses.push(`${next.stage.name}=${next.status}`);
    done.push({
      stage: next.stage.name,
      attempt: next.attempt,
      deadlineAt: 0,
      limit,
      end: { code: 0, cause: 'exit', journalEnd: 0, ...end },
    });
  }
  throw new Error('the sequence does not end');
}

describe('stage sequence', () => {
  it('runs every stage in order, once, when all goes well', () => {
    const { names, ending, statuses } = walk(() => ({}));
    expect(names).toEqual([
      'prepare_script.1',
      'get_sources.1',
      'step_script.1',
      'step_release.1',
      'after_script.1',
      'cleanup_file_variables.1',
    ]);
    expect(ending).toEqual({ kind: 'succeeded' });
    expect(statuses).toContain('after_script=success');
  });

  it('10 reports the exit code of the failing step, after after_script and the clean-up', () => {
    const { names, ending, statuses } = walk((name) => (name === 'step_script' ? { code: 42 } : {}));
    expect(names.slice(2)).toEqual(['step_script.1', 'after_script.1', 'cleanup_file_variables.1']);
    expect(ending).toMatchObject({ kind: 'failed', reason: 'script_failure', exitCode: 42, detail: 'exit code 42' });
    expect(statuses).toContain('after_script=failed');
  });

  it('57 leaves the job as it is when its cache could not be saved, and sends the artifacts', () => {
    const saving = [
      ...plan.slice(0, -1),
      stage('archive_cache', 'on_success'),
      stage('upload_artifacts_on_success', 'on_success'),
      stage('cleanup_file_variables', 'predefined'),
    ];
    const { names, ending } = walk((name) => (name === 'archive_cache' ? { code: 1 } : {}), undefined, saving);
    expect(names.slice(-3)).toEqual(['archive_cache.1', 'upload_artifacts_on_success.1', 'cleanup_file_variables.1']);
    expect(ending).toEqual({ kind: 'succeeded' });
  });

  it('5 tries get_sources as often as planned, with one clean-out before the second try, and no after_script', () => {
    const { names, ending } = walk((name) => (name === 'get_sources' ? { code: 128 } : {}));
    expect(names).toEqual([
      'prepare_script.1',
      'get_sources.1',
      'clear_worktree.1',
      'get_sources.2',
      'get_sources.3',
      'cleanup_file_variables.1',
    ]);
    expect(ending).toMatchObject({ kind: 'failed', exitCode: 128 });
  });

  it('goes on when a later try of get_sources succeeds', () => {
    const { names, ending } = walk((name, attempt) => (name === 'get_sources' && attempt === 1 ? { code: 128 } : {}));
    expect(names).toContain('step_script.1');
    expect(ending).toEqual({ kind: 'succeeded' });
  });

  it('8 runs nothing more after prepare_script has failed', () => {
    expect(walk((name) => (name === 'prepare_script' ? { code: 1 } : {})).names).toEqual(['prepare_script.1']);
  });

  it('36: runs nothing more once the job timeout has passed', () => {
    const { names, ending } = walk((name) => (name === 'step_script' ? { code: 143, cause: 'deadline', limit: 'job' } : {}));
    expect(names.at(-1)).toBe('step_script.1');
    expect(ending).toEqual(timedOut(3600));
  });

  it('48 runs after_script with `canceled` when a cancel stopped the script', () => {
    const { names, ending, statuses } = walk((name) => (name === 'step_script' ? { code: 143, cause: 'signal' } : {}));
    expect(names.slice(3)).toEqual(['after_script.1', 'cleanup_file_variables.1']);
    expect(ending.kind).toBe('canceled');
    expect(statuses).toContain('after_script=canceled');
  });

  it('runs nothing for a cancel that came before any script', () => {
    expect(walk(() => ({}), 1)).toMatchObject({ names: ['prepare_script.1'], ending: { kind: 'canceled' } });
  });

  it('49 leaves a job green whose after_script failed or ran out of its own time', () => {
    expect(walk((name) => (name === 'after_script' ? { code: 3 } : {})).ending.kind).toBe('succeeded');
    expect(walk((name) => (name === 'after_script' ? { code: 143, cause: 'deadline', limit: 'after_script' } : {})).ending.kind).toBe(
      'succeeded',
    );
  });

  it('47 goes on with after_script, as timed out, when the scripts ran out of their own time, and says how long that was', () => {
    const facts = { isCanceled: false, timeoutS: 3600, scriptTimeoutS: 5 };
    const script: RecordedStage = {
      stage: 'step_script',
      attempt: 1,
      deadlineAt: 0,
      limit: 'script',
      end: { code: 143, cause: 'deadline', journalEnd: 0 },
    };
    expect(nextStep(plan, [script], facts)).toMatchObject({ kind: 'run', stage: { name: 'after_script' }, status: 'timedout' });
    const { names, ending } = walk((name) => (name === 'step_script' ? { code: 143, cause: 'deadline', limit: 'script' } : {}));
    expect([names.at(-1), ending.kind]).toEqual(['cleanup_file_variables.1', 'failed']);
    const end = { code: 0, cause: 'exit', journalEnd: 0 } as const;
    const all = [script, ...['after_script', 'cleanup_file_variables'].map((stage) => ({ ...script, stage, end }))];
    expect(nextStep(plan, all, facts)).toEqual({ kind: 'end', ending: timedOut(5) });
  });

  describe('an after_script whose errors count', () => {
    const strict = plan.map((each) => (each.kind === 'after' ? { ...each, isDecisive: true } : each));
    const saving = [
      ...strict.slice(0, 5),
      stage('upload_artifacts_on_success', 'on_success'),
      stage('upload_artifacts_on_failure', 'on_failure'),
    ];
    const never = Number.POSITIVE_INFINITY;

    it('49 fails a job that was good, and what is saved is what a failure leaves', () => {
      const { names, ending } = walk((name) => (name === 'after_script' ? { code: 3 } : {}), never, saving);
      expect(ending).toMatchObject({ kind: 'failed', reason: 'script_failure', exitCode: 3 });
      expect(names.slice(-2)).toEqual(['after_script.1', 'upload_artifacts_on_failure.1']);
    });

    it('does not hide why the script failed', () => {
      const behave: Behaviour = (name) => (name === 'after_script' ? { code: 3 } : name === 'step_script' ? { code: 42 } : {});
      expect(walk(behave, never, strict).ending).toMatchObject({ exitCode: 42 });
    });

    it('is a timeout when its own time ran out', () => {
      const { ending } = walk(
        (name) => (name === 'after_script' ? { code: 143, cause: 'deadline', limit: 'after_script' } : {}),
        never,
        strict,
      );
      expect(ending).toMatchObject({ kind: 'failed', reason: 'job_execution_timeout' });
    });
  });

  it('words a timeout as users know it', () => {
    expect(timedOut(3600)).toMatchObject({ detail: 'execution took longer than 1h0m0s seconds' });
    expect(timedOut(65)).toMatchObject({ detail: 'execution took longer than 1m5s seconds' });
    expect(timedOut(5)).toMatchObject({ detail: 'execution took longer than 5s seconds' });
  });

  it('knows the run in flight by its missing end', () => {
    const run: RecordedStage = { stage: 'step_script', attempt: 1, deadlineAt: 0, limit: 'job' };
    expect(stageInFlight([run])).toBe(run);
    expect(stageInFlight([{ ...run, end: { code: 0, cause: 'exit', journalEnd: 0 } }])).toBeUndefined();
  });

  const anyEnd = fc.record({
    code: fc.constantFrom(0, 0, 0, 1, 137),
    cause: fc.constantFrom<End['cause']>('exit', 'exit', 'exit', 'signal', 'deadline'),
    limit: fc.constantFrom<RecordedStage['limit']>('job', 'script', 'after_script'),
  });

  it('whatever happens: it ends, no run comes twice, after_script only after a user step, clean-up last', () => {
    fc.assert(
      fc.property(fc.array(anyEnd, { minLength: 12, maxLength: 12 }), fc.nat(12), (ends, canceledFrom) => {
        let turn = 0;
        const { names } = walk(() => ends[turn++ % ends.length] ?? {}, canceledFrom);
        expect(new Set(names).size).toBe(names.length);
        if (names.includes('after_script.1')) expect(names.some((name) => name.startsWith('step_'))).toBe(true);
        const cleanup = names.indexOf('cleanup_file_variables.1');
        if (cleanup >= 0) expect(cleanup).toBe(names.length - 1);
      }),
    );
  });

  it('whatever has happened, a successor that has only the record is told the same next step', () => {
    fc.assert(
      fc.property(fc.array(anyEnd, { minLength: 12, maxLength: 12 }), fc.nat(8), (ends, cut) => {
        let turn = 0;
        const { done } = walk(() => ends[turn++ % ends.length] ?? {});
        const known: RecordedStage[] = JSON.parse(JSON.stringify(done.slice(0, cut)));
        const next = nextStep(plan, known, { isCanceled: false, timeoutS: 3600 });
        const actual = done[cut];
        if (actual) expect(next).toMatchObject({ kind: 'run', attempt: actual.attempt, stage: { name: actual.stage } });
      }),
    );
  });
});

describe('what a job saves', () => {
  const saving: PlannedStage[] = [
    stage('prepare_script', 'predefined'),
    stage('get_sources', 'predefined'),
    stage('download_artifacts', 'predefined', 2),
    stage('step_script', 'user'),
    stage('after_script', 'after'),
    stage('upload_artifacts_on_success', 'on_success'),
    stage('upload_artifacts_on_failure', 'on_failure'),
    stage('cleanup_file_variables', 'predefined'),
  ];
  const names = (behave: Behaviour, canceledFrom?: number) => walk(behave, canceledFrom, saving).names.slice(2);

  it('2 depends on how its scripts ended, and comes after after_script', () => {
    expect(names(() => ({}))).toEqual(['download_artifacts.1', ...rest('step_script after_script upload_artifacts_on_success')]);
    const failing = names((name) => (name === 'step_script' ? { code: 1 } : {}));
    expect(failing).toEqual(['download_artifacts.1', ...rest('step_script after_script upload_artifacts_on_failure')]);
  });

  it('63 is what a failure leaves also where downloads failed, each tried as often as planned, without after_script', () => {
    const { names: all, ending } = walk((name) => (name === 'download_artifacts' ? { code: 1 } : {}), undefined, saving);
    expect(all.slice(2)).toEqual(['download_artifacts.1', 'download_artifacts.2', ...rest('upload_artifacts_on_failure')]);
    expect(ending).toMatchObject({ kind: 'failed', reason: 'script_failure', exitCode: 1 });
  });

  it('59 fails a job that was good when it can not be saved, and is not tried as a failure then', () => {
    const { names: all, ending } = walk((name) => (name === 'upload_artifacts_on_success' ? { code: 1 } : {}), undefined, saving);
    expect(all.slice(-2)).toEqual(rest('upload_artifacts_on_success'));
    expect(ending).toMatchObject({ kind: 'failed', reason: 'script_failure' });
  });

  it('never hides why the script failed', () => {
    const { ending } = walk(
      (name) => (name === 'step_script' ? { code: 42 } : name.startsWith('upload') ? { code: 1 } : {}),
      undefined,
      saving,
    );
    expect(ending).toMatchObject({ exitCode: 42 });
  });

  it('is saved as a failure by a cancel in the script, and once only by a cancel after it', () => {
    const inScript = names((name) => (name === 'step_script' ? { code: 143, cause: 'signal' } : {}));
    expect(inScript).toEqual(['download_artifacts.1', ...rest('step_script after_script upload_artifacts_on_failure')]);
    expect(names(() => ({}), 6)).toEqual(['download_artifacts.1', ...rest('step_script after_script upload_artifacts_on_success')]);
  });

  /** Each once, and the clean-up. */
  function rest(stages: string): string[] {
    return [...stages.split(' '), 'cleanup_file_variables'].map((name) => `${name}.1`);
  }
});

describe('an ending that is certain when nothing more can run', () => {
  const facts = { isCanceled: false, timeoutS: 3600 };
  const saving = [
    ...plan.slice(0, -1),
    stage('archive_cache', 'on_success'),
    stage('upload_artifacts_on_success', 'on_success'),
    stage('upload_artifacts_on_failure', 'on_failure'),
    stage('cleanup_file_variables', 'predefined'),
  ];
  const succeeded = { kind: 'succeeded' };

  /** Runs in order; a name alone is one in flight, a code how one has ended. */
  function runs(...each: (string | readonly [string, number])[]): RecordedStage[] {
    return each.map((run) => {
      const [name, code] = typeof run === 'string' ? [run, undefined] : run;
      const intent: RecordedStage = { stage: name, attempt: 1, deadlineAt: 0, limit: 'job' };
      return code === undefined ? intent : { ...intent, end: { code, cause: 'exit', journalEnd: 0 } };
    });
  }

  const UNTIL_SCRIPT = [
    ['prepare_script', 0],
    ['get_sources', 0],
  ] as const;
  const SCRIPTS = [...UNTIL_SCRIPT, ['step_script', 0], ['step_release', 0]] as const;

  it.each<readonly [string, readonly PlannedStage[], RecordedStage[], object | undefined]>([
    ['all has ended', plan, runs(...SCRIPTS, ['after_script', 0], ['cleanup_file_variables', 0]), succeeded],
    ['only the clean-up is left', plan, runs(...SCRIPTS, ['after_script', 0], 'cleanup_file_variables'), succeeded],
    ['an after_script that decides nothing is left', plan, runs(...SCRIPTS, 'after_script'), succeeded],
    ['one that decides is left', plan.map((each) => ({ ...each, isDecisive: true })), runs(...SCRIPTS, 'after_script'), undefined],
    ['a script is left', plan, runs(...UNTIL_SCRIPT, ['step_script', 0], 'step_release'), undefined],
    ['a script has not begun', plan, runs(...UNTIL_SCRIPT, ['step_script', 0]), undefined],
    ['the artifacts of a success are left', saving, runs(...SCRIPTS, ['after_script', 0], ['archive_cache', 0]), undefined],
    ['the cache is left, and the artifacts after it', saving, runs(...SCRIPTS, ['after_script', 0], 'archive_cache'), undefined],
    [
      'the artifacts are there',
      saving,
      runs(...SCRIPTS, ['after_script', 0], ['archive_cache', 1], ['upload_artifacts_on_success', 0]),
      succeeded,
    ],
    [
      'the script has failed, whatever is left',
      saving,
      runs(...UNTIL_SCRIPT, ['step_script', 42], 'after_script'),
      { kind: 'failed', reason: 'script_failure', exitCode: 42 },
    ],
    [
      'the script has failed, and its artifacts are left',
      saving,
      runs(...UNTIL_SCRIPT, ['step_script', 42], ['after_script', 0], 'upload_artifacts_on_failure'),
      { kind: 'failed', reason: 'script_failure', exitCode: 42 },
    ],
    ['a stage of another version is left', plan, runs(...SCRIPTS, ['after_script', 0], 'store_results'), undefined],
    ['nothing has run', plan, [], undefined],
  ])('%s', (_title, stages, done, ending) => {
    const decided = decidedEnding(stages, done, facts);
    if (ending) expect(decided).toMatchObject(ending);
    else expect(decided).toBeUndefined();
  });

  it('is the cancel that came before', () => {
    const done = runs(...UNTIL_SCRIPT, ['step_script', 0], 'step_release');
    expect(decidedEnding(plan, done, { ...facts, isCanceled: true })).toMatchObject({ kind: 'canceled' });
  });

  it('is what the job would have come to, had nothing failed after it', () => {
    const anyCode = fc.constantFrom(0, 0, 0, 1, 137);
    fc.assert(
      fc.property(fc.array(anyCode, { minLength: 12, maxLength: 12 }), fc.nat(10), (codes, cut) => {
        let turn = 0;
        const whole = walk(() => ({ code: codes[turn++ % codes.length] ?? 0 }), undefined, saving);
        const decided = decidedEnding(saving, whole.done.slice(0, cut), facts);
        if (decided) expect(decided).toEqual(whole.ending);
      }),
    );
  });
});
