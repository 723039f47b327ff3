import { readdir, readFile, writeFile } from 'node:fs/promises';

/** One generated file: where it lies, from the root of the repository, and what must be in it. */
interface Generated {
  readonly path: string;
  readonly content: string;
}

/**
 * Writes every generated file anew, or with `--check` says which ones are not fresh and exits with 1.
 * A generator is a module in tools/generators that exports `generate(): Promise<Generated[]>`.
 */
const root = new URL('../', import.meta.url);
const folder = new URL('./generators/', import.meta.url);
const isCheck = process.argv.includes('--check');

async function allGenerated(): Promise<Generated[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();
  const modules = await Promise.all(names.map((name) => import(new URL(name, folder).href)));
  const results: Generated[][] = await Promise.all(modules.map((module) => module.generate()));
  return results.flat();
}

const stale: string[] = [];
for (const file of await allGenerated()) {
  const current = await readFile(new URL(file.path, root), 'utf8').catch(() => undefined);
  if (current === file.content) continue;
  stale.push(file.path);
  if (!isCheck) await writeFile(new URL(file.path, root), file.content);
}
process.stdout.write(stale.length === 0 ? 'generated files are fresh\n' : `${isCheck ? 'not fresh' : 'written'}: ${stale.join(', ')}\n`);
if (isCheck && stale.length > 0) {
  process.stdout.write('do: npm run generate, then commit what changed\n');
  process.exitCode = 1;
}
