import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import { type Clock, delayFor, type Random, type RetryPolicy, type Secret } from '@fargate-gitlab-runner/kernel';
import type { Coordinator, RunnerCredentials } from '../coordinator/coordinator.ts';
import type { RunnerManagement } from '../coordinator/runner-management.ts';
import type { JobStore } from '../store/job-store.ts';
import type { RunnerToken, VersionedToken } from '../store/runner-token.ts';
import type { EmitEvent } from '../telemetry/manager-event.ts';
import { graceSignal } from './grace-signal.ts';
import { attributesOf } from './registration.ts';

/** What a runner's key works with. `originOf` and `isRegistration`: what may be known of a token without seeing it. */
export interface KeyTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: JobStore;
  readonly coordinator: Pick<Coordinator, 'verify'>;
  readonly management: RunnerManagement;
  readonly emit: EmitEvent;
  originOf(token: Secret): string;
  isRegistration(token: Secret): boolean;
}

/**
 * How a runner stands with GitLab. `registered`: a token was issued just now, and is in the store. `verified`: GitLab knows the token there
 * is. `id` is GitLab's id of the runner, `0` where it did not say.
 */
export type RunnerStanding =
  | { readonly kind: 'registered' | 'verified'; readonly id: string }
  | { readonly kind: 'refused' | 'unavailable'; readonly cause: string };

/** Part of a token's life after which it is rotated. Source: GitLab runner, token rotation. */
const ROTATED_AT = 0.75;
/** So long the intent of another manager to rotate is respected. */
const ROTATION_WITHIN_MS = 120_000;
/** So long a rotation that has begun may go on when the manager is told to go: what it brings is told once. */
const ROTATION_GRACE_MS = 10_000;
const LOOK_AGAIN_MS = 10_000;
/** The store is looked at at least this often: another manager may have rotated. */
const LONGEST_REST_MS = 3_600_000;
/** Between tries that GitLab refuses or does not answer: a minute, doubling to an hour. */
const PATIENCE: RetryPolicy = { attempts: Number.MAX_SAFE_INTEGER, firstDelayMs: 60_000, maxDelayMs: 3_600_000, factor: 2, jitter: 'none' };

/**
 * The token of one runner.
 *
 * Life: what the store keeps counts before what is configured -> a registration token is exchanged once, and the issued one kept in the
 * store -> verified -> when it expires, rotated at three quarters of its life. Gotchas: several managers share the store. Of two that
 * register at once, the one that comes second to the store gives its runner back; a rotation follows a recorded intent, because it
 * stops the old token for everybody. A manager that dies between GitLab's answer and the store loses the new token: GitLab tells it once; so
 * one that is told to go first ends the rotation it has begun. When a token expires is learned from its verification, which is asked for
 * until GitLab has said yes.
 */
export class RunnerKey {
  readonly #runner: RunnerConfig;
  readonly #tools: KeyTools;
  readonly #origin: string;
  #stored: VersionedToken | undefined;
  #credentials: RunnerCredentials | undefined;
  #waiters: ((credentials: RunnerCredentials) => void)[] = [];
  #failures = 0;
  /** GitLab has said yes to the token, and when it expires. */
  #isVerified = false;

  constructor(runner: RunnerConfig, tools: KeyTools) {
    this.#runner = runner;
    this.#tools = tools;
    this.#origin = tools.originOf(runner.token);
  }

  get credentials(): RunnerCredentials | undefined {
    return this.#credentials;
  }

  ready(signal: AbortSignal): Promise<RunnerCredentials> {
    if (this.#credentials) return Promise.resolve(this.#credentials);
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push((credentials) => {
        signal.removeEventListener('abort', onAbort);
        resolve(credentials);
      });
    });
  }

  async isReplaced(used: Secret): Promise<boolean> {
    await this.#look().catch(() => undefined);
    const { originOf } = this.#tools;
    return this.#isBeingRotated() || (this.#credentials !== undefined && originOf(this.#credentials.token) !== originOf(used));
  }

  /** What `keep` begins with, once: exchanges a registration token that was not exchanged yet, and else verifies what there is. */
  async settle(signal: AbortSignal): Promise<RunnerStanding> {
    await this.#look();
    const issued = this.#isToBeRegistered() ? await this.#register(signal) : undefined;
    return issued ?? this.#verify(signal);
  }

  /** The token that GitLab knows the runner by; undefined where a registration token was not exchanged yet. Asks the store only. */
  async token(): Promise<Secret | undefined> {
    await this.#look();
    return this.#credentials?.token;
  }

  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#tools.clock.sleep(await this.#step(signal), signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#tools.emit({ name: 'store.failed', operation: `keeping the token of runner ${this.#runner.name}`, cause: String(error) });
        await this.#tools.clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined);
      }
    }
  }

  /** Does what is due, and says how long nothing will be. */
  async #step(signal: AbortSignal): Promise<number> {
    await this.#look();
    if (this.#isToBeRegistered()) {
      const standing = await this.#register(signal);
      return standing === undefined || standing.kind === 'registered' ? 0 : this.#patience();
    }
    if (!this.#isVerified) await this.#verify(signal);
    const untilDue = this.#rotationDueAt() - this.#tools.clock.now();
    if (untilDue <= 0) return this.#rotate(signal);
    return Math.min(untilDue, this.#isVerified ? LONGEST_REST_MS : this.#patience());
  }

  /** Takes over what the store keeps, which another manager may have changed. */
  async #look(): Promise<void> {
    const { store, isRegistration } = this.#tools;
    this.#stored = await store.readRunnerToken(this.#runner.name);
    const kept = this.#ours;
    if (kept) this.#use(kept.token);
    else if (!isRegistration(this.#runner.token)) this.#use(this.#runner.token);
  }

  /** What the store keeps, if it stems from the token that is configured now. */
  get #ours(): RunnerToken | undefined {
    return this.#stored?.token.origin === this.#origin ? this.#stored.token : undefined;
  }

  #use(token: Secret): void {
    const credentials = { name: this.#runner.name, token };
    this.#credentials = credentials;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve(credentials);
  }

  #isToBeRegistered(): boolean {
    return !this.#credentials && this.#tools.isRegistration(this.#runner.token);
  }

  /** Undefined when another manager was first: its token is the runner's, and ours is given back. */
  async #register(signal: AbortSignal): Promise<RunnerStanding | undefined> {
    const { management, emit, clock } = this.#tools;
    const verdict = await management.register(this.#runner.token, attributesOf(this.#runner), signal);
    if (verdict.kind !== 'issued') {
      emit({ name: 'runner.refused', runner: this.#runner.name, verdict: verdict.kind, cause: verdict.cause });
      return verdict;
    }
    const { token, id = '0', expiresAt } = verdict;
    const fresh = this.#tokenNow({ token, runnerId: id, obtainedAt: clock.now(), ...(expiresAt !== undefined && { expiresAt }) });
    if (!(await this.#write(fresh))) {
      await management.unregister(token, signal);
      await this.#look();
      return undefined;
    }
    this.#failures = 0;
    emit({ name: 'runner.registered', runner: this.#runner.name, id });
    return { kind: 'registered', id };
  }

  async #verify(signal: AbortSignal): Promise<RunnerStanding> {
    const { coordinator, emit } = this.#tools;
    const { name } = this.#runner;
    const verdict = await coordinator.verify(this.#credentials ?? { name, token: this.#runner.token }, signal);
    if (verdict.kind !== 'valid') {
      emit({ name: 'runner.refused', runner: name, verdict: verdict.kind, cause: verdict.cause });
      return verdict;
    }
    this.#isVerified = true;
    this.#failures = 0;
    emit({ name: 'runner.verified', runner: name, id: verdict.id });
    const expiresAt = verdict.tokenExpiresAt === undefined ? Number.NaN : Date.parse(verdict.tokenExpiresAt);
    if (!Number.isNaN(expiresAt)) await this.#keepExpiry(verdict.id, expiresAt);
    return { kind: 'verified', id: verdict.id };
  }

  async #keepExpiry(runnerId: string, expiresAt: number): Promise<void> {
    if (this.#ours?.expiresAt === expiresAt) return;
    const { token, obtainedAt } = this.#ours ?? { token: this.#runner.token, obtainedAt: this.#tools.clock.now() };
    await this.#write(this.#tokenNow({ token, runnerId, obtainedAt, expiresAt }));
  }

  #rotationDueAt(): number {
    const { expiresAt, obtainedAt = 0 } = this.#ours ?? {};
    return expiresAt === undefined ? Number.POSITIVE_INFINITY : obtainedAt + ROTATED_AT * (expiresAt - obtainedAt);
  }

  #isBeingRotated(): boolean {
    return this.#tools.clock.now() - (this.#ours?.rotatingSince ?? Number.NEGATIVE_INFINITY) < ROTATION_WITHIN_MS;
  }

  async #rotate(signal: AbortSignal): Promise<number> {
    const { management, clock, emit } = this.#tools;
    const old = this.#ours;
    if (!old || this.#isBeingRotated()) return LOOK_AGAIN_MS;
    if (!(await this.#write({ ...old, rotatingSince: clock.now() }))) return LOOK_AGAIN_MS;
    using grace = graceSignal(clock, ROTATION_GRACE_MS, signal);
    const verdict = await management.resetToken(old.token, grace.signal);
    if (verdict.kind !== 'issued') {
      await this.#write(old);
      const retryMs = this.#patience();
      emit({ name: 'runner.rotation_failed', runner: this.#runner.name, cause: verdict.cause, retryS: retryMs / 1000 });
      return retryMs;
    }
    this.#failures = 0;
    this.#use(verdict.token);
    const { token, expiresAt } = verdict;
    await this.#keepWriting(
      { token, runnerId: old.runnerId, obtainedAt: clock.now(), ...(expiresAt !== undefined && { expiresAt }) },
      grace.signal,
    );
    emit({ name: 'runner.rotated', runner: this.#runner.name });
    return 0;
  }

  /** GitLab has said the new token once: it is written until it is there, whatever the store does. */
  async #keepWriting(fresh: Omit<RunnerToken, 'schema' | 'runner' | 'origin'>, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        if (await this.#write(this.#tokenNow(fresh))) return;
        this.#stored = await this.#tools.store.readRunnerToken(this.#runner.name);
      } catch (error) {
        this.#tools.emit({ name: 'store.failed', operation: `keeping the new token of runner ${this.#runner.name}`, cause: String(error) });
      }
      await this.#tools.clock.sleep(1000, signal);
    }
  }

  #tokenNow(fresh: Omit<RunnerToken, 'schema' | 'runner' | 'origin'>): RunnerToken {
    return { schema: 1, runner: this.#runner.name, origin: this.#origin, ...fresh };
  }

  /** Whether the token is the store's now. */
  async #write(token: RunnerToken): Promise<boolean> {
    const outcome = await this.#tools.store.writeRunnerToken(token, this.#stored?.version);
    if (outcome.kind !== 'written') return false;
    this.#stored = { token, version: outcome.version };
    return true;
  }

  #patience(): number {
    const delay = delayFor(++this.#failures, PATIENCE, { random: this.#tools.random });
    return delay === 'give up' ? PATIENCE.maxDelayMs : delay;
  }
}
