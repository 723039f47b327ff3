import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LEFT_OUT } from './left-out.ts';

/**
 * Where the tests of the protocol's lines are, and how their titles begin: `12: ...` for one line, `22, 32: ...` for several; the stand-in
 * GitLab leaves the colon out. Rooms that are not named here number their tests by other lists.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const CLIENT = /['"`](\d{1,2}(?:, \d{1,2})*): /g;
const SERVER = /['"`](\d{1,2})[ :] ?/g;
const PLACES: readonly (readonly [folder: string, title: RegExp, first: number, last: number])[] = [
  ['packages/protocol/src', CLIENT, 1, 52],
  ['packages/manager/src/coordinator', CLIENT, 1, 52],
  ['packages/manager/src/flow', CLIENT, 1, 52],
  ['packages/manager/src/job', CLIENT, 1, 52],
  ['packages/manager/src/shell', CLIENT, 1, 52],
  ['packages/manager/src/store', CLIENT, 1, 52],
  ['e2e/src', CLIENT, 1, 52],
  ['emulators/gitlab/src', SERVER, 53, 71],
];

/** The numbers in titles of the tests of one place. Only lines that begin a test, or a row of a table of tests, count. */
function numbersIn([folder, title, first, last]: (typeof PLACES)[number]): number[] {
  const files = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(test|contract)\.ts$/.test(name),
  );
  return files
    .flatMap((name) => readFileSync(`${root}${folder}/${name}`, 'utf8').split('\n'))
    .filter((line) => /^\s*(?:(?:it|test)\b|\]?\)\(|\[['"`]|['"`]\d)|\)\(['"`]/.test(line))
    .flatMap((line) => [...line.matchAll(title)].flatMap(([, numbers = '']) => numbers.split(', ').map(Number)))
    .filter((number) => number >= first && number <= last);
}

const tested = new Set(PLACES.flatMap(numbersIn));

describe('the checklist of the runner protocol', () => {
  it('has a test for every line from 1 to 71, or a reason why not', () => {
    const known = new Set([...tested, ...LEFT_OUT.map(({ line }) => line)]);
    expect(Array.from({ length: 71 }, (_, at) => at + 1).filter((line) => !known.has(line))).toEqual([]);
  });

  it('leaves nothing out that is tested, and says why', () => {
    expect(LEFT_OUT.filter(({ line }) => tested.has(line))).toEqual([]);
    expect(LEFT_OUT.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });
});
