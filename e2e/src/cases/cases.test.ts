import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExpectedJob } from './case.ts';
import { BASH, cellName } from './cell.ts';
import { judgeJob } from './judge-job.ts';
import { loadCases } from './load-cases.ts';
import { type Step, Walk } from './walk.ts';

const cases = await loadCases();
const steps: readonly Step[] = cases.flatMap((loaded) => (loaded.expected.cells ?? BASH).map((cell) => ({ loaded, cell })));
const titleOf = ({ loaded, cell }: Step) => `${loaded.name} (${cellName(cell)})`;

const counts = new Map<string, number>();
for (const { cell } of steps) counts.set(cellName(cell), (counts.get(cellName(cell)) ?? 0) + 1);

describe('every case, on the workers that it names', () => {
  let walk: Walk;
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads this pattern as the list of what a hook needs
  beforeAll(async ({}, suite) => {
    const wanted = new Set(suite.tasks.filter(({ mode }) => mode !== 'skip').map(({ name }) => name));
    walk = await Walk.start(steps.filter((step) => wanted.has(titleOf(step))));
  }, 240_000);
  afterAll(() => walk.close(), 120_000);

  it.for(steps.map((step) => [titleOf(step), step] as const))('%s', { timeout: 600_000 }, async ([, step]) => {
    const { jobs: expected } = step.loaded.expected;
    const jobs = await walk.jobsOf(step);
    const names = [...new Set(jobs.map(({ job }) => job.name))];
    expect(names.sort()).toEqual(Object.keys(expected).sort());
    const judged = Object.entries(expected).map(async ([name, job]) =>
      judgeTries(
        jobs.filter((one) => one.job.name === name),
        job,
      ),
    );
    const log = jobs.map(({ job, lines }) => `--- ${job.name} ${job.status}\n${lines.join('\n')}`).join('\n');
    expect((await Promise.all(judged)).flat(), log).toEqual([]);
  });

  it('nothing that the manager asked was found wrong by GitLab', async () => {
    expect(await walk.findings()).toEqual([]);
  });
});

process.stdout.write(
  `cases: ${cases.length} cases in ${steps.length} cells (${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')})\n`,
);

async function judgeTries(jobs: Awaited<ReturnType<Walk['jobsOf']>>, expected: ExpectedJob): Promise<readonly string[]> {
  const { tries = 1 } = expected;
  const last = jobs.at(-1);
  const differences = last ? await judgeJob(last, expected) : [];
  return jobs.length === tries ? differences : [`there are ${jobs.length} jobs of this name, expected ${tries}`, ...differences];
}
