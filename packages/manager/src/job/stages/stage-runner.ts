import type { RecordedStage } from '../../store/job-record.ts';
import type { StageEnd } from '../../transport/shim/shim.ts';
import type { JobControl } from '../drive/job-control.ts';
import { outputLimitBytes } from '../drive/output-limit-bytes.ts';
import type { JobFacts, JobTools } from '../job-tools.ts';
import type { RecordedJob } from '../recorded-job.ts';
import { type PlannedStage, savesCache } from '../../shell/stage-plan.ts';
import type { StageCompany } from '../relay/relay-for.ts';
import { isCleanup } from './stage-sequence.ts';
import type { JobTrace } from '../trace/job-trace.ts';
import type { TraceSender } from '../trace/trace-sender.ts';
import type { SayLine } from '../trace/trace-lines.ts';
import { WorkerBroken, type WorkerLink } from '../worker/worker-link.ts';

/** Where an author reads on. */
const DOCUMENTED = 'https://docs.gitlab.com/ci/runners/configure_runners/#set-script-and-after_script-timeouts';
const TIMEOUTS = {
  script: `It comes from RUNNER_SCRIPT_TIMEOUT: see ${DOCUMENTED}`,
  after_script: `It is 5 minutes, or what RUNNER_AFTER_SCRIPT_TIMEOUT says: see ${DOCUMENTED}`,
} as const;
/** Finished trace that may pile up before the journal is read on: what a fast script prints while one chunk is written ahead. */
const ROOM_BYTES = 8 * 1024 * 1024;

/** The exit status of a process that TERM has ended. */
const CANCELED_CODE = 143;

/** What a stage is run with. */
export interface StageRoom {
  readonly tools: Pick<JobTools, 'clock' | 'emit' | 'settings'>;
  readonly facts: JobFacts;
  readonly job: RecordedJob;
  readonly control: JobControl;
  readonly link: WorkerLink;
  readonly trace: JobTrace;
  readonly sender: TraceSender;
  readonly say: SayLine;
  /** Milliseconds by which the worker's clock is ahead of ours. */
  readonly skewMs: number;
}

/** One run of one stage: what it is, until when, its script, the wait before it in milliseconds, and what goes on here meanwhile. */
export interface StageToRun {
  readonly stage: PlannedStage;
  readonly run: RecordedStage;
  readonly script: string;
  readonly pauseMs: number;
  readonly company?: StageCompany;
}

/**
 * Runs one stage, or goes on with one that a predecessor started: the worker starts each stage and attempt once, whoever asks.
 * The caller has recorded the intent. Returns how the stage ended, its whole output in the trace.
 */
export async function runStage(room: StageRoom, of: StageToRun): Promise<StageEnd> {
  const { run } = of;
  const signal = room.control.work;
  await pauseBefore(room, of, signal);
  if (isCanceledBefore(room, of)) return { code: CANCELED_CODE, cause: 'signal', journalEnd: room.trace.journalAt, discarded: 0 };
  sayStart(room, of);
  const { jobId, runner } = room.job.record;
  const begun = room.tools.clock.monotonic();
  const end = await startAndFollow(room, of, signal).catch((error) => leftOut(room, of, error));
  sayEnd(room, of, end);
  room.tools.emit({
    name: 'stage.ended',
    jobId,
    runner,
    stage: run.stage,
    attempt: run.attempt,
    code: end.code,
    cause: end.cause,
    seconds: (room.tools.clock.monotonic() - begun) / 1000,
  });
  return end;
}

/** A run that a predecessor has started is not waited for: its output is there to be followed. A cancel ends the wait. */
async function pauseBefore(room: StageRoom, { run, pauseMs }: StageToRun, signal: AbortSignal): Promise<void> {
  const { tools, say, control } = room;
  if (run.attempt === 1) return;
  say.warning(`${keyOf(run)}.retry`, 'Retrying...');
  if (isStarted(room, run)) return;
  await tools.clock.sleep(pauseMs, AbortSignal.any([signal, control.cancel])).catch(() => signal.throwIfAborted());
}

/** A stage that a cancel ends is not begun after it. */
function isCanceledBefore(room: StageRoom, { stage, run }: StageToRun): boolean {
  return isCancelable(stage) && room.control.cancel.aborted && !isStarted(room, run);
}

/** Whether a predecessor has started this run. */
function isStarted({ link }: StageRoom, run: RecordedStage): boolean {
  return link.state.stages.some(({ stage, attempt }) => stage === run.stage && attempt === run.attempt);
}

/** after_script and the clean-up run to their end whatever GitLab says. */
function isCancelable(stage: PlannedStage): boolean {
  return stage.kind !== 'after' && !isCleanup(stage);
}

async function startAndFollow(room: StageRoom, of: StageToRun, signal: AbortSignal): Promise<StageEnd> {
  const { run } = of;
  const request = {
    stage: run.stage,
    attempt: run.attempt,
    script: of.script,
    deadlineS: Math.ceil((run.deadlineAt + room.skewMs) / 1000),
    graceS: Math.ceil(room.tools.settings.killGraceMs / 1000),
    outputLimit: journalLimit(outputLimitBytes(room.facts)),
  };
  const { started } = await room.link.ask((shim) => shim.run(request, signal), signal);
  const { jobId, runner } = room.job.record;
  room.tools.emit({ name: 'stage.started', jobId, runner, stage: run.stage, attempt: run.attempt, resumed: started === 'before' });
  return await followToEnd(room, of, signal);
}

/** What comes after the user's scripts can't change how the job ends: what the worker can't do of it is left out, and said. */
function leftOut(room: StageRoom, { stage, run }: StageToRun, error: unknown): StageEnd {
  const isAfterwards = stage.kind === 'after' || isCleanup(stage) || savesCache(stage);
  if (!isAfterwards || !(error instanceof WorkerBroken)) throw error;
  room.say.warning(`${keyOf(run)}.left-out`, `The worker can't do this: ${error.message}`);
  return { code: 1, cause: 'exit', journalEnd: room.trace.journalAt, discarded: 0 };
}

/**
 * Brings what is missing of a run that has ended into the trace: a predecessor may have died between the end of a stage and its last
 * chunk. Does nothing for a run whose output is all there.
 */
export async function retellStage(room: StageRoom, of: Pick<StageToRun, 'stage' | 'run'>): Promise<void> {
  const { journalEnd = -1 } = of.run.end ?? {};
  if (journalEnd < room.trace.journalAt) return;
  if (of.run.attempt > 1) room.say.warning(`${keyOf(of.run)}.retry`, 'Retrying...');
  sayStart(room, of);
  if (journalEnd > room.trace.journalAt) await follow(room, of.run, room.control.work);
  sayEnd(room, of, of.run.end);
}

async function followToEnd(room: StageRoom, of: StageToRun, signal: AbortSignal): Promise<StageEnd> {
  using killing = killOnCancel(room, of);
  void killing;
  // Awaited here: what is disposed at the end of this function must live until then.
  if (!of.company) return await follow(room, of.run, signal);
  return await inCompany((both) => follow(room, of.run, both), of.company, signal);
}

/** What `work` comes to; `company` is ended then, and its failure ends the work. */
async function inCompany<T>(work: (signal: AbortSignal) => Promise<T>, company: StageCompany, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const going = company(both);
  try {
    return await Promise.race([work(both), going]);
  } finally {
    over.abort(new Error('the stage has ended'));
    await going.catch(() => undefined);
  }
}

function follow(room: StageRoom, run: RecordedStage, signal: AbortSignal): Promise<StageEnd> {
  return room.link.ask(
    (shim) =>
      shim.follow(
        {
          stage: run.stage,
          attempt: run.attempt,
          offset: room.trace.journalAt,
          onBytes: async (bytes) => {
            room.trace.script(bytes);
            await room.sender.room(ROOM_BYTES);
          },
        },
        signal,
      ),
    signal,
  );
}

/** While it lives, a cancel from GitLab ends the stage: TERM, and KILL after the grace. after_script and the clean-up are left alone. */
function killOnCancel(room: StageRoom, { stage, run }: StageToRun): Disposable {
  const done = new AbortController();
  const signal = AbortSignal.any([room.control.work, done.signal]);
  const send = (name: 'TERM' | 'KILL') =>
    room.link.ask((shim) => shim.signal({ stage: run.stage, attempt: run.attempt, name }, signal), signal);
  const kill = async () => {
    await send('TERM');
    await room.tools.clock.sleep(room.tools.settings.killGraceMs, signal);
    await send('KILL');
  };
  const onCancel = () => void kill().catch(() => undefined);
  if (isCancelable(stage) && room.control.cancel.aborted) onCancel();
  else if (isCancelable(stage)) room.control.cancel.addEventListener('abort', onCancel, { once: true, signal: done.signal });
  return { [Symbol.dispose]: () => done.abort() };
}

function sayStart({ say }: StageRoom, { stage, run }: Pick<StageToRun, 'stage' | 'run'>): void {
  say.sectionStart(`${keyOf(run)}.start`, { name: stage.name, heading: stage.heading });
}

function sayEnd({ trace, say }: StageRoom, { stage, run }: Pick<StageToRun, 'stage' | 'run'>, end: RecordedStage['end']): void {
  trace.endScript();
  for (const [at, sentence] of endRemarks({ stage, run, end }).entries()) say.warning(`${keyOf(run)}.remark.${at}`, sentence);
  say.sectionEnd(`${keyOf(run)}.end`, stage.name);
}

/** What the author should know about the end of a stage beyond its own output. */
function endRemarks({ stage, run, end }: Pick<StageToRun, 'stage' | 'run'> & { readonly end: RecordedStage['end'] }): string[] {
  const isCut = end?.cause === 'deadline' && run.limit !== 'job';
  const isIgnored = stage.kind === 'after' && !stage.isDecisive && end !== undefined && (isCut || end.code !== 0);
  return [
    ...(isCut ? [`${stage.name} was ended at its timeout. ${TIMEOUTS[run.limit === 'script' ? 'script' : 'after_script']}`] : []),
    ...(isIgnored ? [`after_script failed with exit code ${end.code}; the job goes on as if it had not (AFTER_SCRIPT_IGNORE_ERRORS)`] : []),
  ];
}

function keyOf(run: RecordedStage): string {
  return `${run.stage}.${run.attempt}`;
}

/** The journal may hold more than the trace: masking shortens. Eight times the trace's limit bounds the worker's disk all the same. */
function journalLimit(traceLimitBytes: number): number {
  return traceLimitBytes * 8;
}
