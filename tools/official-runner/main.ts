import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { startGitLabEmulator } from '../../emulators/gitlab/src/index.ts';
import { OFFICIAL_CASES } from './official-cases.ts';
import { startOfficialRunner, versionOf } from './official-runner.ts';
import { unexpectedFindings } from './unexpected-findings.ts';

/**
 * Drives GitLab's own runner, with its shell executor, against the stand-in GitLab, and compares what it does with what the stand-in
 * expects of a runner. Not part of CI: it needs the program.
 *
 *     npx tsx --conditions=source tools/official-runner/main.ts [--binary gitlab-runner] [--only part-of-a-name]
 *
 * Prints a line for each case; what differs is a defect of the stand-in until shown otherwise, and becomes one of its tests. Exits
 * with 0 when nothing differs, 1 when something does, 2 when there is no such program.
 */
const { values } = parseArgs({ options: { binary: { type: 'string', default: 'gitlab-runner' }, only: { type: 'string', default: '' } } });
const version = await versionOf(values.binary);
if (version === undefined) {
  process.stderr.write(`${values.binary} can't be run; install GitLab Runner, or name it with --binary\n`);
  process.exit(2);
}
process.stdout.write(`${version}\n`);

let differing = 0;
// A real GitLab learns late what a manager can do that did not say so at its first word; nobody waits for that here.
const settings = { longPollMs: 5000, updateIntervalSeconds: 1, pendingTraceMs: 2000, managerRefreshMs: 0 };
await using gitlab = await startGitLabEmulator(settings, { clock: systemClock, random: systemRandom });
const { token } = await gitlab.control.createRunner({ description: 'official' });
await using runner = await startOfficialRunner({ binary: values.binary, url: gitlab.url, token });
for (const { name, run } of OFFICIAL_CASES.filter((each) => each.name.includes(values.only))) {
  const differences = await run(gitlab.control).catch((error: unknown) => [String(error)]);
  report(name, differences);
}
report('requests', await unexpectedFindings(gitlab.control, version));
await runner.unregister();
report(
  'unregistering forgets the manager',
  (await gitlab.control.runners()).flatMap(({ managers }) => managers.map(({ systemId }) => `${systemId} is still there`)),
);
process.exitCode = differing === 0 ? 0 : 1;

function report(name: string, differences: readonly string[]): void {
  process.stdout.write(
    `${differences.length === 0 ? 'same   ' : 'DIFFERS'} ${name}\n${differences.map((each) => `          ${each}\n`).join('')}`,
  );
  if (differences.length > 0) differing++;
}
