import type { RecordedStage } from '../store/job-record.ts';
import type { StageEnd } from '../transport/shim/shim.ts';
import type { JobControl } from './job-control.ts';
import type { JobTools } from './job-tools.ts';
import type { RecordedJob } from './recorded-job.ts';
import type { PlannedStage } from '../shell/stage-plan.ts';
import { isCleanup } from './stage-sequence.ts';
import type { JobTrace } from './trace/job-trace.ts';
import type { TraceSender } from './trace/trace-sender.ts';
import type { SayLine } from './trace-lines.ts';
import { WorkerBroken, type WorkerLink } from './worker-link.ts';

const RETRY_FIRST_MS = 5000;
const RETRY_MAX_MS = 300_000;
/** Finished trace that may pile up before the journal is read on. */
const ROOM_BYTES = 4 * 1024 * 1024;

/** What a stage is run with. */
export interface StageRoom {
  readonly tools: JobTools;
  readonly job: RecordedJob;
  readonly control: JobControl;
  readonly link: WorkerLink;
  readonly trace: JobTrace;
  readonly sender: TraceSender;
  readonly say: SayLine;
  /** Milliseconds by which the worker's clock is ahead of ours. */
  readonly skewMs: number;
}

/** One run of one stage: what it is, until when, and its script. */
export interface StageToRun {
  readonly stage: PlannedStage;
  readonly run: RecordedStage;
  readonly script: string;
}

/**
 * Runs one stage, or goes on with one that a predecessor started: the worker starts each stage and attempt once, whoever asks.
 * The caller has recorded the intent. Returns how the stage ended, its whole output in the trace.
 */
export async function runStage(room: StageRoom, of: StageToRun): Promise<StageEnd> {
  const { run } = of;
  const signal = room.control.work;
  sayStart(room, of);
  if (run.attempt > 1) await room.tools.clock.sleep(retryDelayMs(run), signal);
  const { jobId, runner } = room.job.record;
  const begun = room.tools.clock.monotonic();
  const end = await startAndFollow(room, of, signal).catch((error) => leftOut(room, of, error));
  sayEnd(room, of);
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

async function startAndFollow(room: StageRoom, of: StageToRun, signal: AbortSignal): Promise<StageEnd> {
  const { run } = of;
  const request = {
    stage: run.stage,
    attempt: run.attempt,
    script: of.script,
    deadlineS: Math.ceil((run.deadlineAt + room.skewMs) / 1000),
    graceS: Math.ceil(room.tools.settings.killGraceMs / 1000),
    outputLimit: journalLimit(room.tools.settings.outputLimitBytes),
  };
  const { started } = await room.link.ask((shim) => shim.run(request, signal), signal);
  const { jobId, runner } = room.job.record;
  room.tools.emit({ name: 'stage.started', jobId, runner, stage: run.stage, attempt: run.attempt, resumed: started === 'before' });
  return await followToEnd(room, of, signal);
}

/** What comes after the user's scripts can't change how the job ends: what the worker can't do of it is left out, and said. */
function leftOut(room: StageRoom, { stage, run }: StageToRun, error: unknown): StageEnd {
  const isAfterwards = stage.kind === 'after' || isCleanup(stage);
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
  sayStart(room, of);
  if (journalEnd > room.trace.journalAt) await follow(room, of.run, room.control.work);
  sayEnd(room, of);
}

async function followToEnd(room: StageRoom, of: StageToRun, signal: AbortSignal): Promise<StageEnd> {
  using killing = killOnCancel(room, of);
  void killing;
  // Awaited here: what is disposed at the end of this function must live until then.
  return await follow(room, of.run, signal);
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
  const isCancelable = stage.kind !== 'after' && !isCleanup(stage);
  if (isCancelable && room.control.cancel.aborted) onCancel();
  else if (isCancelable) room.control.cancel.addEventListener('abort', onCancel, { once: true, signal: done.signal });
  return { [Symbol.dispose]: () => done.abort() };
}

function sayStart({ say }: StageRoom, { stage, run }: Pick<StageToRun, 'stage' | 'run'>): void {
  if (run.attempt > 1) say.warning(`${keyOf(run)}.retry`, 'Retrying...');
  say.sectionStart(`${keyOf(run)}.start`, { name: stage.name, heading: stage.heading });
}

function sayEnd({ trace, say }: StageRoom, { stage, run }: Pick<StageToRun, 'stage' | 'run'>): void {
  trace.endScript();
  say.sectionEnd(`${keyOf(run)}.end`, stage.name);
}

function keyOf(run: RecordedStage): string {
  return `${run.stage}.${run.attempt}`;
}

function retryDelayMs(run: RecordedStage): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (run.attempt - 2));
}

/** The journal may hold more than the trace: masking shortens. Eight times the trace's limit bounds the worker's disk all the same. */
function journalLimit(traceLimitBytes: number): number {
  return traceLimitBytes * 8;
}
