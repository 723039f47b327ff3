import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMPARED_PIPELINES } from './compared-pipelines.ts';
import { jobDifferences } from './job-differences.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { ourView } from './our-view.ts';
import { theirViews } from './their-views.ts';
import { yamlDifferences } from './yaml-differences.ts';

const folder = fileURLToPath(new URL('./pipelines', import.meta.url));

test('every folder is looked at', () => {
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(COMPARED_PIPELINES).toSorted());
});

test('our reader and gitlab-ci-local agree but for what is known, and all that is known still differs', async () => {
  const differences = await allDifferences();
  const isKnown = (line: string) => KNOWN_DIFFERENCES.some((known) => known.line.test(line));
  expect(differences.filter((line) => !isKnown(line))).toEqual([]);
  expect(KNOWN_DIFFERENCES.filter((known) => !differences.some((line) => known.line.test(line)))).toEqual([]);
});

async function allDifferences(): Promise<readonly string[]> {
  const questions = Object.entries(COMPARED_PIPELINES).flatMap(([name, occasions]) =>
    occasions.map((occasion, index) => ({ name, occasion, preview: index === 0, folder: join(folder, name) })),
  );
  const theirs = await theirViews(questions);
  return questions.flatMap((question, index) => {
    const [mine, other] = [ourView(question.folder, question.occasion), theirs[index]];
    if (!other || other instanceof Error) return [`${question.name} (${question.occasion.name}) refused: ${other?.message}`];
    const yaml = question.preview ? yamlDifferences(mine.yaml, other.yaml).map((line) => `${question.name} yaml ${line}`) : [];
    return [...jobDifferences(mine, other).map((line) => `${question.name} (${question.occasion.name}) ${line}`), ...yaml];
  });
}
