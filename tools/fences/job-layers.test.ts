import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const JOB = fileURLToPath(new URL('../../packages/manager/src/job/', import.meta.url));
/** From the ground up, as docs/explanation/architecture.md says. */
const LAYERS = ['worker', 'trace', 'inputs', 'drive', 'placing', 'job-secrets', 'relay', 'stages', 'ending'];
const NOT_OF_THE_PROGRAM = /\.(test|contract|test-double)\.ts$/;

/** `a -> b` for each import from one folder of `job/` into another. */
function importsBetween(): string[] {
  const inFolders = readdirSync(JOB, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/') && path.endsWith('.ts'));
  const files = inFolders.filter((path) => !NOT_OF_THE_PROGRAM.test(path)).map((path) => join(JOB, path));
  return files.flatMap((path) => {
    const from = folderOf(path);
    const imports = [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, to = '']) => `${dirname(path)}/${to}`);
    const into = imports.map((to) => relative(JOB, to)).filter((to) => to.includes('/') && !to.startsWith('..'));
    return into.map((to) => `${from} -> ${to.split('/')[0]}`).filter((edge) => edge !== `${from} -> ${from}`);
  });
}

const folderOf = (path: string) => relative(JOB, path).split('/')[0] ?? '';

it('the folders of job/ import downwards only', () => {
  const edges = [...new Set(importsBetween())];
  expect(edges).toContain('stages -> worker');
  const upwards = edges.filter((edge) => {
    const [from = '', to = ''] = edge.split(' -> ');
    return LAYERS.indexOf(to) >= LAYERS.indexOf(from);
  });
  expect(upwards).toEqual([]);
});

it('every folder of job/ has its layer', () => {
  const folders = readdirSync(JOB, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...LAYERS].sort());
});
