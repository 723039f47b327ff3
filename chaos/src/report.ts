import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosOutcome, JudgedJob } from './chaos-run.ts';
import { OUTCOMES } from './judge-job.ts';

/** What a report says beside the outcome. */
export interface ReportFacts {
  readonly minutes: number;
  readonly seed: number;
  readonly jobs: number;
  readonly managers: number;
  readonly commit: string;
  readonly machine: string;
  readonly startedAt: string;
  readonly seconds: number;
}

/** How many violations there are, of jobs and beyond. */
export function violationsOf(outcome: ChaosOutcome): readonly string[] {
  return [
    ...outcome.violations,
    ...outcome.jobs.flatMap(({ job, verdict }) => verdict.violations.map((text) => `${job.name} (${job.id}): ${text}`)),
  ];
}

/** Writes `<name>.md` and `<name>.json` into a folder, and beside them the trace of each job that came out wrong. Resolves with the path. */
export async function writeReport(folder: string, facts: ReportFacts, outcome: ChaosOutcome): Promise<string> {
  const name = `seed-${facts.seed}-minutes-${facts.minutes}`;
  await mkdir(folder, { recursive: true });
  const violations = violationsOf(outcome);
  const document = {
    ...facts,
    disturbances: outcome.counts,
    managersStarted: outcome.managers,
    begunBy: outcome.begunBy,
    answers: outcome.answers,
    events: outcome.events,
    kinds: byKind(outcome.jobs),
    excused: excusedOf(outcome.jobs),
    violations,
  };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(document, undefined, 2)}\n`);
  await writeFile(join(folder, `${name}.md`), markdown(facts, outcome, violations));
  for (const { job, trace } of outcome.jobs.filter(({ verdict }) => verdict.outcome === 'wrong'))
    await writeFile(join(folder, `${name}-${job.name}.trace`), trace);
  return join(folder, `${name}.md`);
}

function byKind(jobs: readonly JudgedJob[]): Record<string, Record<string, number>> {
  const kinds: Record<string, Record<string, number>> = {};
  for (const { job, verdict } of jobs) {
    const row = kinds[job.kind.name] ?? Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
    kinds[job.kind.name] = row;
    row[verdict.outcome] = (row[verdict.outcome] ?? 0) + 1;
  }
  return kinds;
}

function markdown(facts: ReportFacts, outcome: ChaosOutcome, violations: readonly string[]): string {
  const { counts, events, jobs, managers, begunBy } = outcome;
  const met = Object.values(counts).reduce((sum, count) => sum + count.met, 0);
  const kinds = Object.entries(byKind(jobs)).map(([kind, row]) => [kind, ...OUTCOMES.map((each) => String(row[each] ?? 0))]);
  return [
    `# Chaos: seed ${facts.seed}, ${facts.minutes} minutes`,
    '',
    `${facts.startedAt}, commit ${facts.commit}, ${facts.machine}; ${facts.seconds} s in all, the rest at the end included.`,
    '',
    `${jobs.length} jobs, ${facts.jobs} at a time; ${facts.managers} managers at a time over S3, ${managers} processes in all; ${met} disturbances.`,
    `Jobs begun by version: ${Object.entries(begunBy)
      .map(([version, count]) => `${version} ${count}`)
      .join(', ')}.`,
    `**${violations.length} violations.**`,
    '',
    ...violations.map((violation) => `- ${violation}`),
    ...(violations.length > 0 ? [''] : []),
    '## Jobs',
    '',
    ...table([['kind', ...OUTCOMES], ...kinds]),
    '',
    '`worker lost`: its task was ended from outside while its script ran, and it failed as a system failure. `not recordable`: the store took no',
    'record of it within ten seconds, and it was failed before it began anywhere. `never recorded`: GitLab handed it out, and the answer was lost or',
    'its manager killed before it could be written down; it never began anywhere.',
    '',
    '## What was forgiven',
    '',
    ...excusesTable(jobs),
    '',
    '## Disturbances',
    '',
    ...table([
      ['what', 'planned', 'met somebody'],
      ...Object.entries(counts).map(([kind, count]) => [kind, String(count.planned), String(count.met)]),
    ]),
    '',
    '## What managers were answered, good answers left out',
    '',
    ...table([['by', 'to', 'answer', 'times'], ...outcome.answers.map(({ from, to, answer, times }) => [from, to, answer, String(times)])]),
    '',
    '## What the managers logged',
    '',
    ...table([['event', 'times'], ...Object.entries(events).map(([event, times]) => [event, String(times)])]),
    '',
  ].join('\n');
}

/** One row for each excuse that a job needed. */
function excusedOf(jobs: readonly JudgedJob[]): readonly { readonly job: string; readonly outcome: string; readonly excuse: string }[] {
  return jobs.flatMap(({ job, verdict }) =>
    verdict.excuses.map((excuse) => ({ job: `${job.name} (${job.id})`, outcome: verdict.outcome, excuse })),
  );
}

function excusesTable(jobs: readonly JudgedJob[]): string[] {
  const excused = excusedOf(jobs);
  if (excused.length === 0) return ['Nothing.'];
  return table([['job', 'came out', 'excuse'], ...excused.map(({ job, outcome, excuse }) => [job, outcome, oneLine(excuse)])]);
}

/** As a cell of a table has it. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
