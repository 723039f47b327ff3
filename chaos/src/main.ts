import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { workingCommit } from '@fargate-gitlab-runner/testkit';
import { runChaos } from './chaos-run.ts';
import { violationsOf, writeReport } from './report.ts';

const MANAGERS = 3;
const USAGE = 'npm run chaos -- --minutes N --seed S [--jobs 60] [--report FOLDER] [--logs FOLDER]';

// What an interrupted run still waits for must not keep the process.
process.exit(await chaos());

/** 0: no violation; 1: at least one, or the run could not be made; 64: wrong arguments. */
async function chaos(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '60' },
      logs: { type: 'string' },
      report: { type: 'string', default: fileURLToPath(new URL('../reports/last/', import.meta.url)) },
    },
  });
  const [minutes, seed, jobs] = [Number(values.minutes), Number(values.seed), Number(values.jobs)];
  if (!(minutes > 0 && minutes <= 120 && Number.isInteger(seed) && Number.isInteger(jobs) && jobs >= 1 && jobs <= 500)) {
    say(`${USAGE}\n--minutes: more than 0, at most 120; --seed: a whole number; --jobs: 1 to 500`);
    return 64;
  }
  const begun = systemClock.monotonic();
  const facts = {
    minutes,
    seed,
    jobs,
    managers: MANAGERS,
    commit: workingCommit(),
    machine: `${availableParallelism()} cores, Node ${process.version}`,
  };
  const startedAt = new Date(systemClock.now()).toISOString();
  const outcome = await runChaos({ minutes, seed, jobs, managers: MANAGERS, logs: values.logs, say });
  const seconds = Math.round((systemClock.monotonic() - begun) / 1000);
  const path = await writeReport(values.report, { ...facts, startedAt, seconds }, outcome);
  const violations = violationsOf(outcome);
  for (const violation of violations) say(violation);
  say(`${outcome.jobs.length} jobs, ${outcome.managers} managers, ${violations.length} violations; ${path}`);
  return violations.length > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
