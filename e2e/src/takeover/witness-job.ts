import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnqueuedJobSpec } from '@fargate-gitlab-runner/emulator-gitlab';
import { assertWholeTrace, type Rig, traceLines } from '@fargate-gitlab-runner/testkit';
import { until } from './until.ts';

/** Made so that no part of it occurs anywhere else in a log. */
const SECRET = 'wq8Zr1vKd5Tn0yPj3LxM7hUo';
/** So many of its characters in a row give it away. */
const TELLING = 8;
/** Numbered lines before the gate, and in all. The one between is cut in two by the gate, in the middle of the secret. */
const BEFORE_GATE = 30;
const IN_ALL = 60;

/** A job whose side effects tell what it did: each step adds a mark to a file, each line of its log has a number and a secret. */
export interface WitnessJob {
  readonly id: string;
  readonly name: string;
  /** The script waits half-way, in the middle of a secret in the middle of a line, until its gate is open. */
  openGate(): Promise<void>;
  /** The marks so far, in order. */
  marks(): Promise<readonly string[]>;
  /** Resolves when this mark is made. */
  marked(mark: string): Promise<void>;
}

/** What may differ between witness jobs. */
export interface WitnessOptions {
  /** `open`: the script doesn't wait. */
  readonly gate?: 'open' | 'shut';
  /** Seconds between two lines, as sleep(1) takes them. */
  readonly pauseS?: string;
  readonly spec?: Omit<EnqueuedJobSpec, 'script' | 'afterScript' | 'variables'>;
}

let count = 0;

/** Puts a witness job into the queue. The rig's workers must not be isolated: the marks lie in the rig's folder. */
export async function enqueueWitness(rig: Rig, options: WitnessOptions = {}): Promise<WitnessJob> {
  const name = `witness-${++count}`;
  const file = join(rig.folder, `${name}.marks`);
  const gate = join(rig.folder, `${name}.gate`);
  await writeFile(file, '');
  if (options.gate === 'open') await writeFile(gate, '');
  const { id } = await rig.gitlab.control.enqueueJob({
    ...options.spec,
    name,
    script: script({ file, gate, pauseS: options.pauseS }),
    afterScript: [`echo "after $CI_JOB_STATUS" >> ${file}`, 'echo "after_script ran"'],
    variables: [{ key: 'WITNESS_SECRET', value: SECRET, masked: true }],
  });
  const marks = async () => (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const marked = (mark: string) => until(async () => (await marks()).includes(mark), `${name} marks "${mark}"`);
  return { id, name, marks, marked, openGate: () => writeFile(gate, '') };
}

/** Resolves when GitLab has these words in the log of the job. */
export async function traceHas(rig: Rig, job: WitnessJob, words: string): Promise<void> {
  await until(async () => (await rig.gitlab.control.trace(job.id)).includes(words), `the log of ${job.name} has "${words}"`);
}

/** Throws unless the job ended as if nothing had happened: each step once, the log whole and masked, one task, nothing left. */
export async function assertUnharmed(rig: Rig, job: WitnessJob): Promise<void> {
  const { status, failureReason } = await rig.gitlab.control.jobEnd(job.id);
  deepEqual([status, failureReason], ['success', undefined], job.name);
  deepEqual(await job.marks(), ['step 1', 'step 2', 'step 3', 'after success'], job.name);
  await assertWitnessLog(rig, job, IN_ALL);
  await assertReclaimed(rig, job);
}

/** Throws unless GitLab has the whole log: so many numbered lines, each once and in order, and the secret in none. */
async function assertWitnessLog(rig: Rig, job: WitnessJob, numbered: number): Promise<void> {
  await assertWholeTrace(rig, job.id);
  const trace = await rig.gitlab.control.trace(job.id);
  deepEqual(
    tellingParts().filter((part) => trace.includes(part)),
    [],
    `parts of the secret in the log of ${job.name}`,
  );
  const lines = traceLines(trace).map(impersonal);
  deepEqual(
    lines.filter((line) => line.startsWith('line ')),
    Array.from({ length: numbered }, (_, at) => `line ${at + 1} has [MASKED] in it`),
  );
  const once = [...OWN_WORDS, ...(numbered === IN_ALL ? WHOLE_SCRIPT : [])];
  for (const said of once) equal(lines.filter((line) => line === said).length, 1, `${job.name} says "${said}" once:\n${lines.join('\n')}`);
  const order = lines.filter((line) => once.includes(line));
  deepEqual(order, once);
  deepEqual(
    sectionsOf(trace),
    SECTIONS.flatMap((name) => [`start ${name}`, `end ${name}`]),
    `sections of ${job.name}`,
  );
}

/** Throws unless so many tasks were ever started for the job, all are gone, and its record is a tombstone without anything secret. */
export async function assertReclaimed(rig: Rig, job: WitnessJob, tasks = 1): Promise<void> {
  const arns = await tasksOf(rig, job);
  equal(arns.length, tasks, `tasks of ${job.name}`);
  for (const arn of arns) {
    await rig.aws.control.awaitStopped(arn);
    deepEqual(await rig.aws.control.pids(arn), []);
  }
  await until(async () => (await recordOf(rig, job)).includes('"phase":"done"'), `the record of ${job.name} is a tombstone`);
  const record = await recordOf(rig, job);
  ok(!record.includes(SECRET) && !record.includes('payload') && !record.includes('PRIVATE KEY'), `the tombstone of ${job.name}`);
}

/** Every task that was ever started for the job. Its calls tell: a task that was stopped has no tags. */
export async function tasksOf(rig: Rig, job: WitnessJob): Promise<readonly string[]> {
  const { control } = rig.aws;
  const calls = (await control.calls()).filter(
    ({ action, parameters }) => action === 'RunTask' && JSON.stringify(parameters).includes(`"${job.id}"`),
  );
  const startedBy = new Set(calls.map(({ parameters }) => parameters.startedBy));
  return (await control.tasks()).filter((task) => startedBy.has(task.startedBy)).map((task) => task.taskArn);
}

/** The text of the job's record in the store. */
export function recordOf(rig: Rig, job: WitnessJob): Promise<string> {
  return rig.records.textOf(job.id);
}

/** What the manager says of every job, in order. */
const OWN_WORDS = [
  'Running with fargate-gitlab-runner',
  '  on e2e',
  'Preparing the "fargate" executor',
  'Placing the job',
  'Worker task is starting...',
  'Worker answers over SSH.',
  'Preparing environment',
  'Getting source from Git repository',
  'Executing "step_script" stage of the job script',
];

const WHOLE_SCRIPT = [
  'Running after_script',
  'after_script ran',
  'Cleaning up project directory and file based variables',
  'Job succeeded',
];

const SECTIONS = ['prepare_executor', 'prepare_script', 'get_sources', 'step_script', 'after_script', 'cleanup_file_variables'];

/** A line of the manager without what is different in every job. */
function impersonal(line: string): string {
  return line
    .replace(/^(Running with fargate-gitlab-runner| {2}on e2e|Placing the job) .*$/, '$1')
    .replace(/^(Worker task|Worker) \S+ (is starting|answers)/, '$1 $2');
}

/** Where sections start and end, in order. */
function sectionsOf(trace: Buffer): string[] {
  return [...trace.toString('latin1').matchAll(/section_(start|end):\d+:(\w+)/g)].map(([, what, name]) => `${what} ${name}`);
}

function script(of: { readonly file: string; readonly gate: string; readonly pauseS: string | undefined }): string[] {
  const print = (to: number) =>
    `while [ $i -le ${to} ]; do echo "line $i has $WITNESS_SECRET in it"; i=$((i+1)); ${of.pauseS ? `sleep ${of.pauseS}; ` : ''}done`;
  const [half, rest] = [SECRET.length / 2, SECRET.length / 2].map((length) => '?'.repeat(length));
  return [
    `echo "step 1" >> ${of.file}`,
    `i=1; ${print(BEFORE_GATE)}`,
    [
      `printf 'line %s has %s' $i "\${WITNESS_SECRET%${rest}}"`,
      `while [ ! -e ${of.gate} ]; do sleep 0.05; done`,
      `echo "step 2" >> ${of.file}`,
      `echo "\${WITNESS_SECRET#${half}} in it"; i=$((i+1)); ${print(IN_ALL)}`,
    ].join('\n'),
    `echo "step 3" >> ${of.file}`,
  ];
}

function tellingParts(): string[] {
  return Array.from({ length: SECRET.length - TELLING + 1 }, (_, at) => SECRET.slice(at, at + TELLING));
}
