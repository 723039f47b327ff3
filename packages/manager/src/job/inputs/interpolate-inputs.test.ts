import { CodedError } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import { interpolateInputs } from './interpolate-inputs.ts';

const input = (key: string, content: unknown, sensitive = false) => {
  const type = Array.isArray(content) ? 'array' : typeof content === 'object' ? 'struct' : typeof content;
  if (type !== 'array' && type !== 'struct' && type !== 'string' && type !== 'number' && type !== 'boolean') throw new Error(type);
  return { key, value: { type, content, sensitive } } as const;
};
const inputs = [
  input('name', 'world'),
  input('count', 3),
  input('loud', true),
  input('list', ['a', { b: 'c' }]),
  input('more', { deep: { er: 'x' }, 'with space': 1 }),
  input('empty', ''),
  input('key', 'hush', true),
];
const put = (expression: string) => `\${{ ${expression} }}`;
const { payload } = sampleRecord();
const withScript = (...script: string[]) => ({ ...payload, inputs, steps: payload.steps.map((step) => ({ ...step, script })) });

/** What becomes of a line of the script. */
function made(line: string): string {
  try {
    return interpolateInputs(withScript(line), {}).steps[0]?.script[0] ?? '';
  } catch (error) {
    if (error instanceof CodedError) return error.problems[0]?.code ?? '';
    throw error;
  }
}

/** Why nothing becomes of it. */
function mistakeIn(expression: string): string {
  try {
    interpolateInputs(withScript(put(expression)), {});
  } catch (error) {
    if (error instanceof CodedError && error.problems[0]?.code === 'FR_INPUT_EXPRESSION') return error.problems[0].what;
    throw error;
  }
  return 'nothing is wrong with it';
}

describe('an expression', () => {
  it.each([
    ['job.inputs.name', 'world'],
    ['  job.inputs["name"]  ', 'world'],
    ["job['inputs'].name", 'world'],
    ['job.inputs["na" + "me"]', 'world'],
    ['job.inputs.count', '3'],
    ['str(job.inputs.loud)', 'true'],
    ['job.inputs.list[1].b', 'c'],
    ['job.inputs.list', '["a",{"b":"c"}]'],
    ['job.inputs.more.deep.er', 'x'],
    ['job.inputs.more["with space"]', '1'],
    ["str( job.inputs.more['deep'] )", '{"er":"x"}'],
    ['null', '<null>'],
    ['1.5e3', '1500'],
    ['1 + 2 * 3 - 4 / 2', '5'],
    ['(1 + 2) * 3', '9'],
    ['-7 % 3', '-1'],
    ['10 - 4 - 3', '3'],
    ['- - 5', '5'],
    ['!job.inputs.loud', 'false'],
    ['"a" + "b" + str(1)', 'ab1'],
    ['num("3.14") + 1', '4.140000000000001'],
    ['bool("")', 'false'],
    ['job.inputs.count == 3 && "three" || "other"', 'three'],
    ['job.inputs.count == "3" && "three" || "other"', 'other'],
    ['job.inputs.empty || "standard"', 'standard'],
    ['false && job.inputs.nobody', 'false'],
    ['true || job.inputs.nobody', 'true'],
    ['[] || {} || 0 || null || "last"', 'last'],
    ['1 < 2 == true', 'true'],
    ['"Z" < "a" && "b" >= "b" && "é" > "z"', 'true'],
    ['[1, 2] < [1, 3] && [1] < [1, 0]', 'true'],
    ['{a: 1, b: [2],} == {"b": [2], a: 1}', 'true'],
    ['{a: 1} < {a: 2} && {z: 9} < {a: 0, b: 0}', 'true'],
    ['{a: {b: {}}}', '{"a":{"b":{}}}'],
    ['{(job.inputs.name): true}', '{"world":true}'],
    ['[1, "two", null, [true],]', '[1,"two",null,[true]]'],
    ['"tab\\t\\"\\u0041\\\\ $ "', 'tab\t"A\\ $ '],
    [`"\\${put('not')}"`, put('not')],
    [`"hello ${put('job.inputs.name')}, ${put('1 + 1')}"`, 'hello world, 2'],
    [`'It\\'s \\\\ ${put('no')} \\n'`, `It's \\ ${put('no')} \\n`],
    ['"}}"', '}}'],
  ])('%s is %s', (expression, text) => {
    expect(made(put(expression))).toBe(text);
  });

  it.each([
    ['', 'a value or a name is expected at "}}"'],
    ['job.', 'a value or a name is expected'],
    ['inputs.name', 'there is no inputs here, only job'],
    ['env.HOME', 'there is no env here'],
    ['job.inputs.nobody', 'there is no "nobody" in it'],
    ['job.inputs.na-me', 'there is no "na" in it'],
    ['job.inputs.list[7]', 'there is no item 7 in it'],
    ['job.inputs.list["0"]', 'there is no item 0 in it'],
    ['job.inputs[0]', 'the key of a member is a string, not a number'],
    ['job.inputs.name.x', 'a string has no members'],
    ['upper(job.inputs.name)', 'there is no function upper, only str, num and bool'],
    ['job.inputs.name | upper', '"}}" is expected at "| upper }}"'],
    ['str()', 'str() takes one value'],
    ['str(1, 2)', 'str() takes one value'],
    ['num("many")', '"many\\" is no number'],
    ['"a" + 1', '+ takes numbers or strings, not a string and a number'],
    ['-"a"', '- takes a number, not a string'],
    ['1 / 0', 'it divides by 0'],
    ['1 < "2"', "a number can't be compared with a string"],
    ['for', 'for is a reserved word'],
    ['"open', 'a string does not end'],
    ["'open", 'a string does not end'],
    ['"\\q"', 'is no escape in a string'],
    ['(1', '")" is expected'],
    ['[1', '"]" is expected'],
    ['1 2', '"}}" is expected at "2 }}"'],
    [`${'('.repeat(5000)}1`, 'it is nested too deeply'],
    [`${'!'.repeat(5000)}1`, 'it is nested too deeply'],
  ])('%s is none', (expression, why) => {
    expect(mistakeIn(expression).replaceAll('\\"', '"')).toContain(why.replaceAll('\\"', '"'));
  });

  it.each(['toString', 'constructor', '__proto__', 'list.length', 'more.constructor', 'name.length', 'list.map'])(
    'job.inputs.%s is no way into the program',
    (path) => {
      expect(made(put(`job.inputs.${path}`))).toBe('FR_INPUT_EXPRESSION');
    },
  );

  it.each([
    'job.inputs.key',
    'str(job.inputs["key"])',
    'job.inputs',
    'job',
    'job.inputs.key == "hush"',
    'job.inputs.key && 1',
    '"a" + job.inputs.key',
  ])('%s never shows a sensitive input', (expression) => {
    expect(made(put(expression))).toBe('FR_INPUT_SENSITIVE');
  });

  it('is a text or a coded error, whatever it is', () => {
    const words = fc.constantFrom(
      ...'job . inputs name list [ ] 0 " \' str ( ) { } : , + - ! == < && || \\ more null'.split(' '),
      '$' + '{{',
      '}}',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 14 }), (parts) => {
        expect(typeof made(put(parts.join('')))).toBe('string');
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('comes to the same as in JavaScript, where both have it', () => {
    const { leaf } = fc.letrec<{ leaf: string; sum: string }>((tie) => ({
      leaf: fc.oneof({ maxDepth: 5 }, fc.nat(9).map(String), tie('sum')),
      sum: fc
        .tuple(tie('leaf'), fc.constantFrom('+', '-', '*', '<', '==', '&&', '||'), tie('leaf'))
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    }));
    fc.assert(
      fc.property(leaf, (expression) => {
        const ours = made(put(`[${expression}]`));
        // The oracle takes truth for a number; there it has no say.
        fc.pre(ours !== 'FR_INPUT_EXPRESSION');
        expect(ours).toBe(JSON.stringify([new Function(`return ${expression.replaceAll('==', '===')}`)()]));
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

describe('a text', () => {
  it.each([
    [`${put('job.inputs.name')}, ${put('job.inputs.count')}${put('"}}"')}!`, 'world, 3}}!'],
    ['no \\${{ template', 'no ${{ template'],
    ['$ {{ }} $' + '{ { }', '$ {{ }} $' + '{ { }'],
    ['${{ job.inputs.name', 'FR_INPUT_EXPRESSION'],
    ['a\\b $NAME', 'a\\b $NAME'],
  ])('%s becomes %s', (text, becomes) => {
    expect(made(text)).toBe(becomes);
  });

  it('is refused when the inputs would make it longer than a job may be', () => {
    const long = {
      ...withScript(put(Array.from({ length: 40 }, () => 'job.inputs.name').join('+'))),
      inputs: [input('name', 'x'.repeat(1_000_000))],
    };
    expect(() => interpolateInputs(long, {})).toThrow(/more than 16 Mi characters/);
  });
});

describe('the inputs of a job', () => {
  it('are put into scripts, and a value that looks like a template stays as it is', () => {
    const tricky = {
      ...withScript(`echo ${put('job.inputs.name')} and ${put('job.inputs.more')}`),
      inputs: [input('name', put('job.inputs.key')), ...inputs.slice(1)],
    };
    const [step] = interpolateInputs(tricky, {}).steps;
    expect(step?.script).toEqual([`echo ${put('job.inputs.key')} and {"deep":{"er":"x"},"with space":1}`]);
    expect(interpolateInputs(tricky, {}).inputs).toEqual([]);
  });

  it('are put into image, services, artifacts and caches', () => {
    const name = put('job.inputs.name');
    const image = {
      name,
      alias: undefined,
      entrypoint: [name],
      command: undefined,
      variables: [],
      pull_policy: [],
      executor_opts: undefined,
    };
    const artifact = {
      name,
      untracked: false,
      paths: [name],
      exclude: [name],
      when: name,
      expire_in: name,
      artifact_type: undefined,
      artifact_format: undefined,
    };
    const cache = { key: name, untracked: false, paths: [name], policy: name, when: undefined, fallback_keys: [name] };
    const made = interpolateInputs({ ...payload, inputs, image, services: [image], artifacts: [artifact], cache: [cache] }, {});
    expect(JSON.stringify([made.image, made.services, made.artifacts, made.cache])).not.toContain('job.inputs');
    expect(made.image).toMatchObject({ name: 'world', entrypoint: ['world'] });
    expect(made.cache[0]).toMatchObject({ key: 'world', policy: 'world', fallback_keys: ['world'] });
  });

  it('change nothing where there are none, or the flag is off', () => {
    const job = { ...withScript(put('job.inputs.name')), inputs: [] };
    expect(interpolateInputs(job, {})).toBe(job);
    const off = withScript(put('job.inputs.name'));
    expect(interpolateInputs(off, { FF_ENABLE_JOB_INPUTS_INTERPOLATION: 'false' })).toBe(off);
  });
});
