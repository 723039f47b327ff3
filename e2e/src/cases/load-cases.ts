import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Case } from './case.ts';

/** What a case is for. */
export interface CaseHead {
  readonly name: string;
  /** What it is for, in one line. */
  readonly why: string;
  /** Lines of the checklist of job execution that it shows. */
  readonly checklist: readonly number[];
}

/** A case that was read from its folder. */
export interface LoadedCase extends CaseHead {
  readonly folder: string;
  readonly expected: Case;
}

const ROOT = fileURLToPath(new URL('../../cases/', import.meta.url));

/** All cases by name, in order. Throws when a folder lacks something, or its `why.md` is more than a line. */
export function caseHeads(): readonly CaseHead[] {
  return readdirSync(ROOT).sort().map(caseHead);
}

/** Reads every case. */
export function loadCases(): Promise<readonly LoadedCase[]> {
  return Promise.all(caseHeads().map(loadCase));
}

async function loadCase(head: CaseHead): Promise<LoadedCase> {
  const folder = join(ROOT, head.name);
  const loaded: { readonly expected: Case } = await import(pathToFileURL(join(folder, 'expect.ts')).href);
  return { ...head, folder, expected: loaded.expected };
}

function caseHead(name: string): CaseHead {
  const folder = join(ROOT, name);
  for (const file of ['.gitlab-ci.yml', 'expect.ts', 'why.md'])
    if (!existsSync(join(folder, file))) throw new Error(`case ${name} has no ${file}`);
  const text = readFileSync(join(folder, 'why.md'), 'utf8').trim();
  if (text === '' || text.includes('\n')) throw new Error(`case ${name}: why.md is one line`);
  const [, numbers = '', why = text] = /^(\d+(?:, \d+)*): (.+)$/.exec(text) ?? [];
  return { name, why, checklist: numbers.split(', ').filter(Boolean).map(Number) };
}
