import { type Clock, type Random, unreachable } from '@fargate-gitlab-runner/kernel';
import type { Coordinator, JobCredentials, JobUpdate } from '../../coordinator/coordinator.ts';
import type { Chunk, ChunkHead } from './chunk.ts';
import type { ChunkSink } from './chunk-sink.ts';
import { Doorbell } from './doorbell.ts';
import { deliverFinalReport, type ReportOutcome } from './final-report.ts';
import type { JobTrace } from './job-trace.ts';
import { PatchPace } from './patch-pace.ts';
import { type DeliveryStep, TraceDelivery } from './trace-delivery.ts';

/** A silent job is kept alive after this long. Source: GitLab runner, force-send interval. */
const KEEP_ALIVE_MS = 30_000;
/** How long a burst is gathered before it is sent. */
const GATHER_MS = 20;

/** What a sender works with. Times are milliseconds. */
export interface TraceSenderSettings {
  readonly trace: JobTrace;
  readonly coordinator: Coordinator;
  readonly job: JobCredentials;
  /** CI_DEBUG_TRACE or CI_DEBUG_SERVICES is on: GitLab hides such a trace from most people. */
  readonly isDebug: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly sink: ChunkSink;
  readonly initialPaceMs: number;
  readonly gatherMs?: number;
  /** The last chunk of a predecessor: it may have arrived or not, so it is sent again. */
  readonly resend?: ChunkHead | undefined;
  readonly on: TraceSenderEvents;
}

/** What a sender tells. */
interface TraceSenderEvents {
  /** GitLab wants the user's scripts stopped. Told once. */
  canceling(): void;
  /** GitLab has ended the job. Nothing more is sent. */
  gone(cause: string): void;
  /** GitLab's trace can't be made what ours is. The job goes on. */
  damaged?(cause: string): void;
}

/**
 * Sends a job's trace while it grows, keeps the job alive when it is silent, and at the end sends the rest and the report.
 *
 * Life: run -> keepRest -> finish; finish ends run. Gotchas: not a byte is patched that the sink did not keep before. When the signal of `run` aborts
 * it resolves and leaves everything as it stands; it rejects with what the sink throws, and `finish` may still be called then.
 */
export class TraceSender {
  readonly #settings: TraceSenderSettings;
  readonly #delivery: TraceDelivery;
  readonly #pace: PatchPace;
  readonly #bell = new Doorbell();
  #state: 'idle' | 'running' | 'over' = 'idle';
  #end: ReportOutcome | undefined;
  #running: Promise<void> = Promise.resolve();
  #isCancelingTold = false;
  /** Monotonic time since which finished bytes wait to be taken. */
  #waitingSince: number | undefined;
  #heardAt: number;
  #keptAliveAt = Number.NEGATIVE_INFINITY;
  #roomWaiters: (() => void)[] = [];

  constructor(settings: TraceSenderSettings) {
    const { clock, trace } = settings;
    this.#settings = settings;
    this.#pace = new PatchPace({ clock, initialMs: settings.initialPaceMs, gatherMs: settings.gatherMs ?? GATHER_MS });
    this.#delivery = new TraceDelivery({
      ...settings,
      resend: settings.resend,
      onTaken: () => this.#taken(),
      onDamage: (cause) => settings.on.damaged?.(cause),
    });
    this.#heardAt = clock.monotonic();
    if (trace.pendingBytes > 0) this.#waitingSince = clock.monotonic();
    trace.onPending(() => {
      this.#waitingSince ??= clock.monotonic();
      this.#bell.ring();
    });
  }

  /** Chunks are kept there from now on. */
  useSink(sink: ChunkSink): void {
    this.#delivery.useSink(sink);
  }

  /** Sends until the signal aborts, GitLab ends the job, or `finish` is called. */
  run(signal: AbortSignal): Promise<void> {
    this.#state = 'running';
    this.#running = this.#runUntilOver(signal);
    return this.#running;
  }

  /** Resolves when fewer than `limitBytes` finished bytes wait to be taken, or nobody takes them any more. For whoever reads the journal. */
  async room(limitBytes: number): Promise<void> {
    while (this.#state !== 'over' && this.#settings.trace.pendingBytes >= limitBytes) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
  }

  /** Has everything kept elsewhere than in the sink that GitLab may not have: see `TraceDelivery.keepRest`. Rejects as `keep` does. */
  keepRest(keep: (rest: Chunk | undefined) => Promise<unknown>): Promise<void> {
    return this.#delivery.keepRest(keep);
  }

  /**
   * Sends the rest of the trace, then the report. Resolves when GitLab has taken both, doesn't want them, or could not be reached in all
   * tries; rejects with the signal's reason, or with what the sink throws.
   */
  async finish(report: Omit<JobUpdate, 'output'>, signal: AbortSignal): Promise<ReportOutcome> {
    this.#state = 'over';
    this.#bell.ring();
    await this.#running.catch(() => undefined);
    if (this.#end) return this.#end;
    this.#pace.reset();
    this.#end = await deliverFinalReport({ ...this.#settings, delivery: this.#delivery, pace: this.#pace }, report, signal);
    return this.#end;
  }

  async #runUntilOver(signal: AbortSignal): Promise<void> {
    const { clock } = this.#settings;
    try {
      while (this.#state === 'running' && !signal.aborted) {
        const patchInMs = this.#patchDueAt() - clock.monotonic();
        const keepAliveInMs = this.#keepAliveDueAt() - clock.monotonic();
        if (patchInMs <= 0) await this.#deliver(signal);
        else if (keepAliveInMs <= 0) await this.#keepAlive(signal);
        else await this.#bell.wait(Math.min(patchInMs, keepAliveInMs), { clock, signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#state = 'over';
      this.#makeRoom();
    }
  }

  #patchDueAt(): number {
    const { trace } = this.#settings;
    if (!this.#delivery.hasWork) return Number.POSITIVE_INFINITY;
    const since = this.#waitingSince ?? Number.NEGATIVE_INFINITY;
    return this.#pace.dueAt({ since, bytes: trace.pendingBytes, urgency: trace.urgency });
  }

  #keepAliveDueAt(): number {
    return Math.max(this.#heardAt + KEEP_ALIVE_MS, this.#keptAliveAt + this.#pace.intervalMs);
  }

  /** Sends the kept bytes, or the next chunk, in as many patches as it takes. */
  async #deliver(signal: AbortSignal): Promise<void> {
    do this.#note(await this.#delivery.step(signal));
    while (this.#delivery.hasKept && !this.#pace.isFailing && this.#state === 'running');
  }

  #note(step: DeliveryStep): void {
    switch (step.kind) {
      case 'idle':
        return;
      case 'moved':
        this.#pace.patched('moved');
        this.#heard(step);
        return;
      case 'stuck':
      case 'missing':
        this.#pace.patched('failed');
        return;
      case 'gone':
        this.#endAsGone(step.cause);
        return;
      default:
        unreachable(step);
    }
  }

  async #keepAlive(signal: AbortSignal): Promise<void> {
    const { coordinator, job, clock } = this.#settings;
    const verdict = await coordinator.update(job, { state: 'running', output: this.#delivery.output }, signal);
    this.#keptAliveAt = clock.monotonic();
    if (verdict.kind === 'accepted') this.#heard(verdict);
    if (verdict.kind === 'gone') this.#endAsGone(verdict.cause);
  }

  /** GitLab has answered as it should: obeys what it said on the side. */
  #heard(answer: { readonly paceMs?: number; readonly isCanceling: boolean }): void {
    this.#heardAt = this.#settings.clock.monotonic();
    this.#pace.obey(answer.paceMs);
    if (!answer.isCanceling || this.#isCancelingTold) return;
    this.#isCancelingTold = true;
    this.#settings.on.canceling();
  }

  #endAsGone(cause: string): void {
    this.#state = 'over';
    this.#end = { kind: 'gone', cause };
    this.#settings.on.gone(cause);
  }

  #taken(): void {
    this.#waitingSince = undefined;
    this.#makeRoom();
  }

  #makeRoom(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
