import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { givenVariables, type VariableSources } from './given-variables.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fgr-variables-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const given = (of: Partial<VariableSources>) => givenVariables({ pairs: [], files: [], maskedFiles: [], ...of });

it('reads pairs as they are, and lets the last one of a name win', () => {
  expect(given({ pairs: ['A=1', 'B=x = y\nz', 'EMPTY=', 'A=2'] })).toEqual([
    { key: 'A', value: '2', public: true, masked: false },
    { key: 'B', value: 'x = y\nz', public: true, masked: false },
    { key: 'EMPTY', value: '', public: true, masked: false },
  ]);
});

it('reads files without comments, empty lines and quotes around values; single ones win over them', () => {
  const plain = file('plain', '\ufeff# a comment\r\nA="one two"\r\n\r\nB=it\'s\n');
  const masked = file('masked', "TOKEN='glpat-0123456789'\nB=masked\n");
  expect(given({ files: [plain], maskedFiles: [masked], pairs: ['A=3'] })).toEqual([
    { key: 'A', value: '3', public: true, masked: false },
    { key: 'B', value: 'masked', public: false, masked: true },
    { key: 'TOKEN', value: 'glpat-0123456789', public: false, masked: true },
  ]);
});

it('tells what is wrong with every line, and no value', () => {
  const path = file('wrong', 'A=1\nno sign\n9KEY=hidden\n');
  const missing = join(folder, 'missing');
  const problems = problemsOf(() => given({ files: [path, missing], pairs: ['A B=hidden', 'X'] }));
  expect(problems.map(({ code, at, given: told }) => [code, at, told])).toEqual([
    ['FR_LOCAL_VARIABLE_FILE', missing, undefined],
    ['FR_LOCAL_VARIABLE', `${path}:2`, 'no sign'],
    ['FR_LOCAL_VARIABLE', `${path}:3`, '9KEY'],
    ['FR_LOCAL_VARIABLE', '--var', 'A B'],
    ['FR_LOCAL_VARIABLE', '--var', 'X'],
  ]);
});

function problemsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof CodedError) return error.problems;
  }
  throw new Error('nothing was refused');
}
