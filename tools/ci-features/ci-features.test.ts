import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { caseHeads } from '../../e2e/src/cases/load-cases.ts';
import { CHECKLIST } from './checklist.ts';
import { CI_FEATURES } from './features.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const heads = caseHeads();
const names = heads.map(({ name }) => name);

describe('the list of CI features', () => {
  it('shows by a case or a test whatever it claims', () => {
    const claims = CI_FEATURES.filter(({ state }) => state === 'yes' || state === 'partly');
    expect(claims.filter(({ cases = [], tests = [] }) => cases.length + tests.length === 0).map(({ feature }) => feature)).toEqual([]);
  });

  it('names no case and no test that is not there', () => {
    expect(CI_FEATURES.flatMap(({ cases = [] }) => cases).filter((name) => !names.includes(name))).toEqual([]);
    const tests = [...CI_FEATURES, ...CHECKLIST].flatMap(({ tests: files = [] }) => files);
    expect(tests.filter((file) => !existsSync(`${root}${file}`))).toEqual([]);
  });

  it('names every case', () => {
    const named = new Set(CI_FEATURES.flatMap(({ cases = [] }) => cases));
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('the checklist of job execution', () => {
  it('has for every line a case, a test, or a reason why not', () => {
    const shown = new Set(heads.flatMap(({ checklist }) => checklist));
    const bare = CHECKLIST.filter(({ line, tests = [], reason }) => !shown.has(line) && tests.length === 0 && reason === undefined);
    expect(bare.map(({ line }) => line)).toEqual([]);
    expect(CHECKLIST.map(({ line }) => line)).toEqual(Array.from({ length: CHECKLIST.length }, (_, at) => at + 1));
  });

  it('gives no reason for what a case shows, and cases name no line that is not there', () => {
    const shown = heads.flatMap(({ checklist }) => checklist);
    expect(CHECKLIST.filter(({ line, reason }) => reason !== undefined && shown.includes(line)).map(({ line }) => line)).toEqual([]);
    expect(shown.filter((line) => line < 1 || line > CHECKLIST.length)).toEqual([]);
  });
});
