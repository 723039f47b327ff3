import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { workingCommit } from '@fargate-gitlab-runner/testkit';
import type { Reading, Row } from './figure.ts';
import { spreadOf } from './statistics.ts';
import { markdownTable, type TableLine, tableLineOf } from './table.ts';

/** What is kept of one figure: the file `<name>.json`. */
interface StoredResult {
  readonly name: string;
  readonly measuredAt: string;
  readonly command: string;
  readonly quick: boolean;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly rows: readonly (Row & { readonly verdict: string; readonly median: number; readonly min: number; readonly max: number })[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** The folder of results; quick ones, which mean nothing, lie apart. */
function resultsFolder(quick: boolean): string {
  return fileURLToPath(new URL(quick ? '../results/quick/' : '../results/', import.meta.url));
}

/** Writes `<name>.json` and makes README.md anew from all results that are there. */
export async function storeResult(
  name: string,
  reading: Reading,
  of: { readonly quick: boolean; readonly command: string },
): Promise<void> {
  const folder = resultsFolder(of.quick);
  await mkdir(folder, { recursive: true });
  const rows = reading.rows.map((row) => ({ ...row, verdict: tableLineOf(row).verdict, ...spreadOf(row.values) }));
  const result: StoredResult = {
    name,
    measuredAt: new Date(systemClock.now()).toISOString(),
    ...of,
    commit: workingCommit(),
    machine: machine(),
    node: process.version,
    rows,
    details: reading.details,
  };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  await writeReadme(folder, of.quick);
}

async function writeReadme(folder: string, quick: boolean): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  // Our own files of a moment ago, shaped by storeResult above.
  const results: StoredResult[] = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
  const lines: TableLine[] = results.flatMap((result) => result.rows.map(tableLineOf));
  const origins = results.map(
    ({ name, measuredAt, command, machine: where, node, commit: at }) =>
      `- ${name}: ${measuredAt}, commit ${at}, Node ${node}, ${where}, \`${command}\``,
  );
  const text = [
    '# Results',
    '',
    quick
      ? 'From `--quick`: they show that the bench works, and nothing else.'
      : 'All figures are from emulation: GitLab and ECS are stand-ins on loopback, workers are processes of the same machine, which also',
    ...(quick ? [] : ['carries the stand-ins and the load. What is measured and how: [bench/README.md](../README.md).']),
    '',
    markdownTable(lines),
    '',
    '## Where and when',
    '',
    ...origins,
    '',
  ].join('\n');
  await writeFile(join(folder, 'README.md'), text);
}

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${cpus()[0]?.model.trim() || arch()}), ${memory} GiB, ${type()} ${release()}`;
}
