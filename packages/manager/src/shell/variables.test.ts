// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are GitLab's references, not ours
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDirectories } from './directories.ts';
import { variableWarnings } from './exportable.ts';
import { maskedPhrases } from './masked-phrases.ts';
import { valueIn } from './resolved-variable.ts';
import type { RunnerFacts } from './runner-facts.ts';
import { resolveVariables, withJobStatus } from './variables.ts';
import { aJob, JOB_TOKEN, type JobWishes, SHELLS, someFacts, WorkerRig } from './worker-rig.contract.ts';

function resolved(wishes: JobWishes, facts: Partial<RunnerFacts> = {}) {
  const payload = aJob(wishes);
  return resolveVariables(payload, { ...someFacts(buildDirectories('/builds', payload)), ...facts });
}

const variable = (key: string, value: string, more: object = {}) => ({ key, value, public: true, ...more });

describe('resolveVariables', () => {
  it('48: expands once, over the unexpanded values, and leaves raw values alone', () => {
    const variables = resolved({
      variables: [
        variable('A', '$B/x'),
        variable('B', '$C'),
        variable('C', '1'),
        variable('RAW', '$C ${C} $$', { raw: true }),
        variable('D', '${X:-y}$$'),
      ],
    });
    expect(['A', 'B', 'RAW', 'D'].map((key) => valueIn(variables, key))).toEqual(['$C/x', '1', '$C ${C} $$', '$']);
  });

  it('42. lets values refer to the real directories of the worker', () => {
    const variables = resolved({ variables: [variable('OUT', '$CI_PROJECT_DIR/out:$CI_BUILDS_DIR:$RUNNER_TEMP_PROJECT_DIR')] });
    expect(valueIn(variables, 'OUT')).toBe('/builds/group/project/out:/builds:/builds/group/project.tmp');
  });

  it('43. passes the numbers of the slot on', () => {
    const variables = resolved({}, { concurrentId: 3, concurrentProjectId: 1 });
    expect([valueIn(variables, 'CI_CONCURRENT_ID'), valueIn(variables, 'CI_CONCURRENT_PROJECT_ID')]).toEqual(['3', '1']);
  });

  it('44. says running, and the outcome only later', () => {
    const variables = resolved({});
    expect(valueIn(variables, 'CI_JOB_STATUS')).toBe('running');
    expect(valueIn(withJobStatus(variables, 'timedout'), 'CI_JOB_STATUS')).toBe('timedout');
  });

  it('lets the job override what GitLab lets it override, and nothing else', () => {
    const overridden = ['CI_PROJECT_DIR', 'CI_RUNNER_VERSION', 'RUNNER_TEMP_PROJECT_DIR', 'CI_DISPOSABLE_ENVIRONMENT', 'FF_TIMESTAMPS'];
    const variables = resolved({ variables: overridden.map((key) => variable(key, 'mine')) });
    expect(overridden.map((key) => valueIn(variables, key))).toEqual(['mine', '1.2.3', '/builds/group/project.tmp', 'true', 'true']);
  });

  it('48: takes the last of several definitions', () => {
    const variables = resolved({ variables: [variable('A', '1'), variable('B', '$A'), variable('A', '2')] });
    expect([valueIn(variables, 'A'), valueIn(variables, 'B')]).toEqual(['2', '2']);
  });

  it('48: gives the path of a file variable to others, and expands its content', () => {
    const variables = resolved({ variables: [variable('F', 'see $X', { file: true }), variable('P', 'at $F'), variable('X', 'y')] });
    expect([valueIn(variables, 'F'), valueIn(variables, 'P')]).toEqual(['see y', 'at /builds/group/project.tmp/F']);
  });

  it('knows the flags it honours: the operator before the job before the default', () => {
    const off = [variable('FF_TIMESTAMPS', 'false'), variable('FF_MASK_ALL_DEFAULT_TOKENS', 'nonsense')];
    expect(valueIn(resolved({ variables: off }), 'FF_TIMESTAMPS')).toBe('false');
    expect(valueIn(resolved({ variables: off }), 'FF_MASK_ALL_DEFAULT_TOKENS')).toBe('true');
    expect(valueIn(resolved({ variables: off }, { environment: [['FF_TIMESTAMPS', '1']] }), 'FF_TIMESTAMPS')).toBe('true');
  });

  it('gives operator variables to every job, below those of the job', () => {
    const facts = {
      environment: [
        ['A', '$CI_SERVER'],
        ['B', 'operator'],
      ] as const,
      tlsCaFile: 'PEM $x',
      isShared: true,
    };
    const variables = resolved({ variables: [variable('B', 'job')], image: { name: 'alpine:$B' } }, facts);
    const keys = ['A', 'B', 'CI_JOB_IMAGE', 'CI_SERVER_TLS_CA_FILE', 'CI_SHARED_ENVIRONMENT'];
    expect(keys.map((key) => valueIn(variables, key))).toEqual(['yes', 'job', 'alpine:job', 'PEM $x', 'true']);
  });

  it('45. a secret with the name of a variable wins, is masked and never expanded', () => {
    const secrets = [{ key: 'B', value: '$A of ours', isFile: true }];
    const last = resolved({ variables: [variable('B', 'job')] }, { secrets }).findLast(({ key }) => key === 'B');
    expect(last).toEqual({ key: 'B', value: '$A of ours', isFile: true, isMasked: true, isRaw: true });
  });

  it('17. an operator can forbid the debug switches', () => {
    const debug = { variables: [variable('CI_DEBUG_TRACE', 'true')] };
    expect(valueIn(resolved(debug), 'CI_DEBUG_TRACE')).toBe('true');
    expect(valueIn(resolved(debug, { debugTraceDisabled: true }), 'CI_DEBUG_TRACE')).toBe('false');
  });

  it('refuses variables that multiply without end', () => {
    const bomb = [variable('A', 'a'.repeat(1_000_000)), variable('B', '$A'.repeat(1000))];
    expect(() => resolved({ variables: bomb })).toThrow(/^B: .*too long/);
    const many = Array.from({ length: 40 }, (_, at) => variable(`M${at}`, '$A'));
    expect(() => resolved({ variables: [variable('A', 'a'.repeat(1_000_000)), ...many] })).toThrow(/too long/);
  });
});

describe('maskedPhrases', () => {
  it('are the final values of masked variables and the token: trimmed, once, longest first', () => {
    const masked = { masked: true };
    const wishes = {
      variables: [
        variable('S', ' hidden$X ', masked),
        variable('X', '-in-part'),
        variable('E', '  ', masked),
        variable('T', JOB_TOKEN, masked),
        variable('S', 'shadow', masked),
      ],
    };
    const asTheyAre = maskedPhrases(resolved(wishes), aJob(wishes)).filter((phrase) => !phrase.startsWith('\\'));
    expect(asTheyAre).toEqual([JOB_TOKEN, 'hidden-in-part', 'shadow']);
  });
});

describe('variableWarnings', () => {
  it('name each variable that no shell can export, once', () => {
    const wishes = {
      variables: [variable('A-B', '1'), variable('A-B', '2'), variable('', '3'), variable('UID', '4'), variable('OK', '5')],
    };
    expect(variableWarnings(resolved(wishes))).toEqual([
      'variable "A-B" is left out: its name is not letters, digits and underscores',
      'variable "" is left out: its name is not letters, digits and underscores',
      'variable UID is left out: the shell keeps this name for itself',
    ]);
  });
});

const trap = fc.constantFrom(
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"\n',
  'a[$(touch pwned)]',
  '\\',
  '-n',
  'é',
  ';',
  '!!',
  '~',
);
const hostileText = fc
  .array(fc.oneof(trap, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 6 })
  .map((parts) => Buffer.from(parts.join('').replaceAll('\0', '')).toString());
const hostileKey = fc.constantFrom(
  'RANDOM',
  'SRANDOM',
  'HISTCMD',
  'OPTIND',
  'UID',
  'SHELLOPTS',
  'A B',
  '$(touch pwned)',
  'x;touch pwned',
  '',
  '-f',
);

describe.each(SHELLS)('exported variables under $name', (shell) => {
  it('13. arrive unchanged, and the shell runs nothing that is in a name or a value', async () => {
    await using rig = await WorkerRig.start(shell);
    const job = fc.record({ values: fc.array(hostileText, { maxLength: 40 }), junk: fc.array(fc.tuple(hostileKey, hostileText)) });
    await mkdir(join(rig.builds, 'group/project'), { recursive: true });
    await fc.assert(
      fc.asyncProperty(job, async ({ values, junk }) => {
        const good = values.map((value, at) => ({ key: `V_${at}`, value, raw: true, file: at % 3 === 0, masked: at % 2 === 0 }));
        const show = good.map(({ key, file }) => (file ? `cat "$${key}"; printf '\\0'` : `printf '%s\\0' "$${key}"`));
        const variables = [...good, ...junk.map(([key, value]) => ({ key, value, raw: true }))];
        const { code } = await rig.stages({ variables, steps: [{ name: 'script', script: [`{ :\n${show.join('\n')}\n} > ../shown`] }] }, [
          'step_script',
        ]);
        expect(code).toBe(0);
        expect((await readFile(join(rig.builds, 'group/shown'), 'utf8')).split('\0').slice(0, -1)).toEqual(values);
        expect((await readdir(rig.folder, { recursive: true })).filter((path) => path.endsWith('pwned'))).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
