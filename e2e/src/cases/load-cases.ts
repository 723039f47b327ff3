import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Case } from './case.ts';

/** A case that was read from its folder. */
export interface LoadedCase {
  readonly name: string;
  readonly folder: string;
  /** What it is for, in one line. */
  readonly why: string;
  /** Lines of the checklist of job execution that it shows. */
  readonly checklist: readonly number[];
  readonly expected: Case;
}

const ROOT = fileURLToPath(new URL('../../cases/', import.meta.url));

/** The names of all cases, in order. */
export function caseNames(): readonly string[] {
  return readdirSync(ROOT).sort();
}

/** Reads every case. Throws when a folder lacks something, or its `why.md` is more than a line. */
export function loadCases(): Promise<readonly LoadedCase[]> {
  return Promise.all(caseNames().map(loadCase));
}

async function loadCase(name: string): Promise<LoadedCase> {
  const folder = join(ROOT, name);
  for (const file of ['.gitlab-ci.yml', 'expect.ts', 'why.md'])
    if (!existsSync(join(folder, file))) throw new Error(`case ${name} has no ${file}`);
  const text = readFileSync(join(folder, 'why.md'), 'utf8').trim();
  if (text === '' || text.includes('\n')) throw new Error(`case ${name}: why.md is one line`);
  const [, numbers = '', why = text] = /^(\d+(?:, \d+)*): (.+)$/.exec(text) ?? [];
  const loaded: { readonly expected: Case } = await import(pathToFileURL(join(folder, 'expect.ts')).href);
  return { name, folder, why, checklist: numbers.split(', ').filter(Boolean).map(Number), expected: loaded.expected };
}
