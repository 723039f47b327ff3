import { CodedError } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleRecord } from '../../store/sample-record.test-double.ts';
import { inputExpression } from './input-expression.ts';
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
  input('key', 'hush', true),
];
const codeOf = (expression: string) => {
  try {
    return inputExpression(expression, inputs);
  } catch (error) {
    return error instanceof CodedError ? error.code : error;
  }
};
const put = (expression: string) => `\${{ ${expression} }}`;
const { payload } = sampleRecord();
const withScript = (...script: string[]) => ({ ...payload, inputs, steps: payload.steps.map((step) => ({ ...step, script })) });

describe('an input expression', () => {
  it.each([
    ['job.inputs.name', 'world'],
    ['  job.inputs["name"]  ', 'world'],
    ['job.inputs.count', '3'],
    ['str(job.inputs.loud)', 'true'],
    ['job.inputs.list[1].b', 'c'],
    ['job.inputs.list', '["a",{"b":"c"}]'],
    ['job.inputs.more.deep.er', 'x'],
    ['job.inputs.more["with space"]', '1'],
    ["str( job.inputs.more['deep'] )", '{"er":"x"}'],
  ])('%s is %s', (expression, text) => {
    expect(codeOf(expression)).toBe(text);
  });

  it.each([
    '',
    'job.inputs',
    'job.inputs.',
    'inputs.name',
    'job.inputs.nobody',
    'job.inputs.list[7]',
    'job.inputs.name.x',
    'upper(job.inputs.name)',
  ])('%j is none', (expression) => {
    expect(codeOf(expression)).toBe('FR_INPUT_EXPRESSION');
  });

  it.each(['job.inputs.toString', 'job.inputs.list.length', 'job.inputs.more.constructor', 'job.inputs.name.length'])(
    '%s is no way into the program',
    (expression) => {
      expect(['FR_INPUT_EXPRESSION', '2']).toContain(codeOf(expression));
    },
  );

  it('never shows a sensitive input', () => {
    expect(codeOf('job.inputs.key')).toBe('FR_INPUT_SENSITIVE');
    expect(codeOf('str(job.inputs["key"])')).toBe('FR_INPUT_SENSITIVE');
  });

  it('is a text or a coded error, whatever it is', () => {
    const words = fc.constantFrom('job', '.', 'inputs', 'name', 'list', '[', ']', '0', '"', "'", 'str(', ')', ' ', 'more');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        expect(typeof codeOf(parts.join(''))).toBe('string');
      }),
    );
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
