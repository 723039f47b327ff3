import type { ProbeJob } from './gitlab-api.ts';

/** What the sheet is made of. */
export interface SheetInput {
  readonly date: string;
  readonly pipelineStatus: string;
  readonly jobs: readonly ProbeJob[];
  /** Tasks that still ran when the pipeline was over, by cluster; undefined where nobody looked. */
  readonly tasksLeft: readonly string[] | undefined;
}

/** How each job of the probe pipeline must end, by the first word of its name. */
const EXPECTED: Readonly<Record<string, { readonly status: string; readonly says?: RegExp }>> = {
  worker: { status: 'success', says: /^probe: task: arn:/m },
  tools: { status: 'success', says: /^probe: bash: (?!none)/m },
  network: { status: 'success', says: /^probe: gitlab: reached$/m },
  many: { status: 'success', says: /^probe: task: arn:/m },
  output: { status: 'success', says: /^probe: output: 3 MB in \d+ s$/m },
  'exit-code': { status: 'failed', says: /exit (code|status) 3\b/ },
  'after-script': { status: 'failed', says: /^probe: after_script sees: failed$/m },
};

/** The result sheet, in Markdown: what was expected and what came, times, and everything that the probes said. No secret is in it. */
export function resultSheet({ date, pipelineStatus, jobs, tasksLeft }: SheetInput): string {
  const judged = jobs.map((job) => ({ job, verdict: verdictOn(job) }));
  const bad = judged.filter(({ verdict }) => verdict !== 'as expected').length;
  const missing = Object.keys(EXPECTED).filter((name) => !jobs.some((job) => kindOf(job) === name));
  return [
    `# First run on AWS, ${date}`,
    '',
    `${jobs.length} jobs, ${bad} not as expected${missing.length > 0 ? `, missing: ${missing.join(', ')}` : ''}; the pipeline ended as ${pipelineStatus}.`,
    `Tasks left running: ${tasksLeft === undefined ? 'not looked for (--cluster)' : tasksLeft.length === 0 ? 'none' : tasksLeft.join(', ')}`,
    '',
    '| job | ended | verdict | waited s | took s |',
    '| --- | --- | --- | --- | --- |',
    ...judged.map(
      ({ job, verdict }) => `| ${job.name} | ${job.status} | ${verdict} | ${seconds(job.queuedS)} | ${seconds(job.durationS)} |`,
    ),
    '',
    ...judged.flatMap(({ job }) => [`## ${job.name}`, '', ...said(job), '']),
  ].join('\n');
}

/** Whether the sheet is one to be glad of. */
export function isGood({ jobs, tasksLeft }: Pick<SheetInput, 'jobs' | 'tasksLeft'>): boolean {
  const isComplete = Object.keys(EXPECTED).every((name) => jobs.some((job) => kindOf(job) === name));
  return isComplete && jobs.every((job) => verdictOn(job) === 'as expected') && (tasksLeft ?? []).length === 0;
}

function verdictOn(job: ProbeJob): string {
  const expected = EXPECTED[kindOf(job)];
  if (expected === undefined) return 'unknown job';
  if (job.status !== expected.status) return `expected ${expected.status}${job.failureReason ? ` (${job.failureReason})` : ''}`;
  if (expected.says !== undefined && !expected.says.test(plain(job.log))) return `its log lacks ${expected.says.source}`;
  return 'as expected';
}

/** `many 3/5` is one of `many`. */
function kindOf(job: ProbeJob): string {
  return job.name.replace(/ \d+\/\d+$/, '');
}

function said(job: ProbeJob): string[] {
  return plain(job.log)
    .split('\n')
    .filter((line) => line.startsWith('probe: '))
    .map((line) => `- ${line.slice('probe: '.length).trim()}`);
}

/** Without timestamps, colours and carriage returns. */
function plain(log: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is removed
  return log.replaceAll(/\u001b\[[0-9;]*[A-Za-z]|\r/g, '').replaceAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f]{2}[OE][ +]/gm, '');
}

function seconds(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(1);
}
