import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@fargate-gitlab-runner/emulator-gitlab';
import { deadlineSignal, Scope, systemClock } from '@fargate-gitlab-runner/kernel';
import { builtProgram, leftovers, type ManagerUnderTest, Rig, type RigOptions } from '@fargate-gitlab-runner/testkit';
import { type Counts, Disturber } from './disturber.ts';
import type { JobEvidence, JobWords } from './job-evidence.ts';
import { judgeJob, type JobVerdict } from './judge-job.ts';
import { Load, type LoadedJob } from './load.ts';
import { LostAnswers } from './lost-answers.ts';
import { ManagerCrew } from './manager-crew.ts';
import { wordsOf } from './manager-words.ts';
import { buildNextManager } from './next-bundle.ts';
import { makeSchedule } from './schedule.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { type TroubledAnswer, troubledAnswers } from './troubled-answers.ts';
import { WitnessPlace } from './witness-place.ts';
import { PROXIED_SSH_PORT, WorkerWays } from './worker-ways.ts';

/** What a run is made of. */
export interface ChaosSettings {
  readonly minutes: number;
  readonly seed: number;
  /** How many jobs are not over at any time. */
  readonly jobs: number;
  /** Where the managers' logs are kept. */
  readonly logs: string | undefined;
  readonly managers: number;
  say(line: string): void;
}

/** A job with its verdict. */
export interface JudgedJob {
  readonly job: LoadedJob;
  readonly verdict: JobVerdict;
  readonly trace: Buffer;
}

/** Everything that a run came to. */
export interface ChaosOutcome {
  readonly counts: Counts;
  readonly jobs: readonly JudgedJob[];
  /** What is wrong beyond single jobs. */
  readonly violations: readonly string[];
  /** Events of all managers that tell what they went through. */
  readonly events: Readonly<Record<string, number>>;
  readonly managers: number;
  readonly answers: readonly TroubledAnswer[];
  /** Jobs that managers of the two versions began. */
  readonly begunBy: Readonly<Record<string, number>>;
}

const LAST_JOBS_MS = 150_000;
const TOMBSTONES_MS = 60_000;
const LOOK_MS = 250;
const TOLD_EVENTS = [
  'job.accepted',
  'job.adopted',
  'job.fenced',
  'placement.failed',
  'worker.lost',
  'job.drive_failed',
  'store.failed',
  'reaper.stopped',
];

/** Sets the whole system up, disturbs it for the given time, lets it come to rest and judges what is there then. */
export async function runChaos(settings: ChaosSettings): Promise<ChaosOutcome> {
  const scope = new Scope();
  let folder: string | undefined;
  try {
    const [gitlab, aws] = [await proxy(scope), await proxy(scope)];
    const witness = await WitnessPlace.open();
    scope.defer('the witness', () => witness[Symbol.asyncDispose]());
    const rig = await Rig.start(rigOptions({ gitlab, aws, jobs: settings.jobs }));
    folder = rig.folder;
    scope.defer('the rig', () => rig[Symbol.asyncDispose]());
    gitlab.target = addressOf(rig.gitlab.url);
    aws.target = addressOf(rig.aws.url);
    const outcome = await disturbed({ rig, witness, gitlab, aws, scope }, settings);
    await scope.close();
    return { ...outcome, violations: [...outcome.violations, ...(await leftovers(folder)).map((left) => `left behind: ${left}`)] };
  } finally {
    await scope.close();
  }
}

interface Stage {
  readonly rig: Rig;
  readonly witness: WitnessPlace;
  readonly gitlab: TcpProxy;
  readonly aws: TcpProxy;
  readonly scope: Scope;
}

async function disturbed({ rig, witness, gitlab, aws, scope }: Stage, settings: ChaosSettings): Promise<ChaosOutcome> {
  const { say, seed } = settings;
  const over = new AbortController();
  const failures: string[] = [];
  const background = backgroundOf(scope, { over, failures });
  const next = join(rig.folder, 'next-manager.mjs');
  await buildNextManager(next);
  const lost = new LostAnswers();
  const versions = { present: builtProgram('manager'), next };
  const systemIdOf = (manager: ManagerUnderTest) => systemIdIn(rig, manager);
  const crew = await ManagerCrew.start(rig, { versions, count: settings.managers, lost, systemIdOf });
  const workers = new WorkerWays(rig);
  const load = new Load(rig, { witness, seed });
  background(workers.keepLooking(over.signal));
  background(load.listen(over.signal));
  const enough = new AbortController();
  const loading = load.keep(settings.jobs, enough.signal);
  const disturber = new Disturber({ rig, crew, load, workers, gitlab, aws, lost });
  const lengthMs = settings.minutes * 60_000;
  const schedule = makeSchedule({ seed, lengthMs });
  say(`${schedule.length} disturbances in ${settings.minutes} minutes, ${settings.jobs} jobs at a time`);
  await disturber.carryOut(schedule, over.signal);
  enough.abort();
  await loading;
  say(`all is quiet; ${load.jobs.length} jobs so far, ${load.open.length} not over`);
  const records = await rest(rig, load);
  await crew.end();
  const jobs = await judgeAll({ rig, load, records, workers, witness, disturber, lost, words: await wordsOf(crew.all) });
  const violations = [
    ...crew.problems,
    ...workers.twice.map((two) => `two tasks at a time: ${two}`),
    ...[...failures, ...disturber.failures].map((failure) => `the harness failed: ${failure}`),
    ...(await systemProblems(rig, load)),
    ...(await endedByThemselves(rig, disturber)),
  ];
  over.abort();
  const answers = await troubledAnswers(rig);
  if (settings.logs !== undefined) await keepLogs(rig, settings.logs);
  return { counts: disturber.counts, jobs, violations, answers, ...(await managersOf(crew)), begunBy: begunBy(jobs) };
}

/** Work that goes on until the run is over; its failure before that is one of the harness. */
function backgroundOf(scope: Scope, of: { readonly over: AbortController; readonly failures: string[] }): (work: Promise<void>) => void {
  scope.defer('the background', () => of.over.abort());
  return (work) => {
    scope.background('something', work, (error) => {
      if (!of.over.signal.aborted) of.failures.push(String(error));
    });
  };
}

/** Waits until no job is open any more, but for those that no store knows; resolves with the last texts of the records. */
async function rest(rig: Rig, load: Load): Promise<ReadonlyMap<string, string>> {
  using last = deadlineSignal(systemClock, LAST_JOBS_MS + TOMBSTONES_MS);
  for (;;) {
    const { living, done } = await recordsIn(rig);
    const pending = new Set((await rig.gitlab.control.jobs()).filter(({ status }) => status === 'pending').map(({ id }) => id));
    const waiting = load.open.filter(({ id }) => living.has(id) || pending.has(id));
    if ((waiting.length === 0 && living.size === 0) || last.signal.aborted) return new Map([...living, ...done]);
    await systemClock.sleep(LOOK_MS * 4);
  }
}

async function recordsIn(rig: Rig) {
  const of = await stored(rig);
  return { living: of('jobs'), done: of('done') };
}

/** What lies in the store at this moment, by folder and then by name. */
async function stored(rig: Rig): Promise<(folder: string) => ReadonlyMap<string, string>> {
  const { bucket, prefix } = rig.records.bucket;
  const objects = await rig.aws.control.s3Objects(bucket, prefix);
  return (folder) =>
    new Map(
      objects
        .filter(({ key }) => key.startsWith(`${prefix}${folder}/`))
        .map(({ key, text }) => [key.slice(prefix.length + folder.length + 1), text] as const),
    );
}

/** By the slot that the store keeps for it. */
async function systemIdIn(rig: Rig, manager: ManagerUnderTest): Promise<string | undefined> {
  const owner = (await manager.events()).find((event) => event.get('event') === 'manager.started')?.get('owner');
  const slots = (await stored(rig))('system-ids');
  return [...slots].find(([, text]) => owner !== undefined && text.includes(`"holder":"${owner}"`))?.[0];
}

interface AllEvidence {
  readonly rig: Rig;
  readonly load: Load;
  readonly records: ReadonlyMap<string, string>;
  readonly workers: WorkerWays;
  readonly witness: WitnessPlace;
  readonly disturber: Disturber;
  readonly lost: LostAnswers;
  readonly words: ReadonlyMap<string, JobWords>;
}

async function judgeAll(of: AllEvidence): Promise<readonly JudgedJob[]> {
  const findings = await of.rig.gitlab.control.findings();
  const judged: JudgedJob[] = [];
  for (const job of of.load.jobs) {
    const evidence = await evidenceOf(of, { job, findings });
    judged.push({ job, trace: evidence.trace, verdict: judgeJob(evidence) });
  }
  return judged;
}

async function evidenceOf(of: AllEvidence, { job, findings }: { job: LoadedJob; findings: readonly Finding[] }): Promise<JobEvidence> {
  const { control } = of.rig.gitlab;
  const [view, trace] = await Promise.all([control.job(job.id), control.trace(job.id)]);
  const tasks = of.workers.tasksOf(job.id);
  return {
    job,
    view,
    trace,
    tasks,
    marks: of.witness.marksOf(job.name),
    record: of.records.get(job.id),
    isTaskLost: tasks.some((task) => of.disturber.endedTasks.has(task)),
    isTruncated: view.hasForgotten,
    findings: findings.filter(({ jobId }) => jobId === job.id),
    words: of.words.get(job.id) ?? {},
    lostOnTheWay: view.assignment && of.lost.causeOf(view.assignment),
  };
}

/** Nothing may be left in the account, and GitLab may have nothing to complain of; what it has against a job is judged with that. */
async function systemProblems(rig: Rig, load: Load): Promise<string[]> {
  const tasks = await rig.aws.control.liveTasks();
  const judged = new Set(load.jobs.map(({ id }) => id));
  const findings = (await rig.gitlab.control.findings()).filter(({ jobId }) => jobId === undefined || !judged.has(jobId));
  const { living } = await recordsIn(rig);
  return [
    ...tasks.map(({ taskArn, lastStatus }) => `a task is left: ${taskArn} (${lastStatus})`),
    ...findings.map(({ rule, detail, jobId }) => `GitLab complains: ${rule}: ${detail}${jobId === undefined ? '' : ` (job ${jobId})`}`),
    ...[...living.keys()].map((id) => `a record is left: job ${id}`),
  ];
}

/** Nothing but what is done to it, or its manager, ends a task: what ended by itself is a fault of the stand-ins, or of the machine. */
async function endedByThemselves(rig: Rig, { endedTasks }: Disturber): Promise<string[]> {
  const tasks = (await rig.aws.control.tasks()).filter(
    ({ taskArn, stopCode }) => stopCode === 'EssentialContainerExited' && !endedTasks.has(taskArn),
  );
  return tasks.map(({ taskArn, exitCodes }) => `a task ended by itself: ${taskArn} (exit codes ${JSON.stringify(exitCodes)})`);
}

async function managersOf(crew: ManagerCrew) {
  const events: Record<string, number> = {};
  for (const manager of crew.all) {
    const log = await manager.log();
    for (const name of TOLD_EVENTS) events[name] = (events[name] ?? 0) + log.split(`"${name}"`).length - 1;
  }
  return { events, managers: crew.all.length };
}

async function keepLogs(rig: Rig, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(rig.folder)).filter((name) => name.endsWith('.log'));
  for (const name of names) await copyFile(join(rig.folder, name), join(folder, name));
}

/** By the first line of each trace. */
function begunBy(jobs: readonly JudgedJob[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { trace } of jobs) {
    const version = /Running with fargate-gitlab-runner (\S+)/.exec(trace.subarray(0, 500).toString('latin1'))?.[1];
    if (version !== undefined) counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

async function proxy(scope: Scope): Promise<TcpProxy> {
  const made = await TcpProxy.listen({ host: '127.0.0.1', port: 0 });
  scope.defer('a proxy', () => made[Symbol.asyncDispose]());
  return made;
}

function addressOf(url: string) {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

/** As in production but for the times: what takes minutes there takes seconds here. */
function rigOptions(of: { readonly gitlab: TcpProxy; readonly aws: TcpProxy; readonly jobs: number }): RigOptions {
  const isRoot = process.getuid?.() === 0;
  return {
    store: 's3',
    through: { gitlab: `http://127.0.0.1:${of.gitlab.port}`, aws: `http://127.0.0.1:${of.aws.port}` },
    gitlab: { longPollMs: 2000 },
    aws: { worker: { kind: isRoot && existsSync('/usr/sbin/sshd') ? 'sshd' : 'ssh2' }, describeMissingMs: 300 },
    runners: [{ name: 'e2e', tags: ['e2e'], limit: of.jobs, entry: { worker_ssh_port: PROXIED_SSH_PORT } }],
    config: {
      gitlab_runner_concurrency: of.jobs,
      output_limit_kib: 128,
      telemetry: { log_level: 'debug' },
      reaper: { interval_ms: 2000 },
      timing: {
        heartbeat_ms: 500,
        owner_stale_ms: 4000,
        trace_initial_pace_ms: 500,
        kill_grace_ms: 1000,
        reconnect_timeout_ms: 60_000,
        placement_timeout_ms: 120_000,
      },
    },
  };
}
