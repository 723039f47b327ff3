import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { makeProjects } from '../../e2e/src/cases/case-project.ts';
import { BASH } from '../../e2e/src/cases/cell.ts';
import type { SeenJob } from '../../e2e/src/cases/seen-job.ts';
import { loadCases } from '../../e2e/src/cases/load-cases.ts';
import { seePipeline } from '../../e2e/src/cases/see-pipeline.ts';
import { ARTIFACT_LIMIT_BYTES, type Step, Walk } from '../../e2e/src/cases/walk.ts';
import { startGitLabEmulator } from '../../emulators/gitlab/src/index.ts';
import { compareShapes } from './compare-shapes.ts';
import { jobShape } from './job-shape.ts';
import { KNOWN_DIFFERENCES, LEFT_OUT } from './known-differences.ts';
import { startOfficialRunner, versionOf } from './official-runner.ts';

/**
 * Walks the cases in `e2e/cases` twice, by this project's manager and by GitLab's own runner with its shell executor, each against a
 * stand-in GitLab, and compares how the jobs ended, what they left and in which sections their logs are. Not part of CI: it needs the
 * program.
 *
 *     npm run build && npx tsx --conditions=source tools/official-runner/cases-main.ts [--binary gitlab-runner] [--only part-of-a-name]
 *
 * Exits with 0 when nothing differs but what `known-differences.ts` explains, 1 when something does, 2 when there is no such program.
 */
const { values } = parseArgs({ options: { binary: { type: 'string', default: 'gitlab-runner' }, only: { type: 'string', default: '' } } });
const version = await versionOf(values.binary);
if (version === undefined) {
  process.stderr.write(`${values.binary} can't be run; install GitLab Runner, or name it with --binary\n`);
  process.exit(2);
}
process.stdout.write(`${version}\n`);

const [cell] = BASH;
const cases = (await loadCases()).filter(
  ({ name, expected }) =>
    name.includes(values.only) && LEFT_OUT[name] === undefined && !expected.secrets && !expected.cells?.some((one) => one.operator),
);
const steps: readonly Step[] = cell ? cases.map((loaded) => ({ loaded, cell })) : [];
const walk = await Walk.start(steps);
const folder = await mkdtemp(join(tmpdir(), 'official-cases-'));
await using gitlab = await startGitLabEmulator(
  { updateIntervalSeconds: 1, artifactLimitBytes: ARTIFACT_LIMIT_BYTES },
  { clock: systemClock, random: systemRandom },
);
const { token } = await gitlab.control.createRunner({ description: 'official', runUntagged: true });
await using runner = await startOfficialRunner({ binary: values.binary, url: gitlab.url, token });
let unexplained = 0;
for (const step of steps) {
  await makeProjects(step.loaded, [step.cell], { control: gitlab.control, folder });
  const [ours, official] = await Promise.all([walk.jobsOf(step), seePipeline(gitlab.control, step)]);
  for (const job of official) report(step.loaded.name, job, ours);
}
await walk.close();
await runner.unregister();
await rm(folder, { recursive: true, force: true });
process.exitCode = unexplained === 0 ? 0 : 1;

function report(name: string, official: SeenJob, all: readonly SeenJob[]): void {
  const ours = all.findLast(({ job }) => job.name === official.job.name);
  const shapes = ours && { official: jobShape(official), ours: jobShape(ours) };
  const differences = shapes ? compareShapes(name, shapes, KNOWN_DIFFERENCES) : [];
  const isSame = ours !== undefined && differences.length === 0;
  process.stdout.write(`${isSame ? 'same   ' : 'DIFFERS'} ${name}: ${official.job.name}\n`);
  for (const { field, official: theirs, ours: own, why = 'NOT EXPLAINED' } of differences)
    process.stdout.write(`          ${field}: ${theirs} there, ${own} here: ${why}\n`);
  unexplained += ours ? differences.filter(({ why }) => why === undefined).length : 1;
}
