import { type ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import type { Ending, JobRecord } from '../store/job-record.ts';
import type { CreateOutcome, ReplaceOutcome } from '../store/job-store.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { decodeRecord } from '../store/record-codec.ts';

/** Who does something: an owner, and the generation in which it believes to be. */
export interface Actor {
  readonly jobId: string;
  readonly owner: string;
  readonly generation: number;
}

/** One version of a record that was ever stored. Of a tombstone only the ending is left. */
type Stored = Partial<JobRecord> & { readonly phase: JobRecord['phase'] | 'done' };

interface WorldJob {
  readonly history: Stored[];
  /** Who has had an effect in the worker, in order. */
  readonly verbs: Actor[];
  readonly placed: Set<string>;
  readonly stopped: Set<string>;
  readonly stages: string[];
  readonly reports: string[];
  /** GitLab's side: `failed` when a manager could not record it. */
  state: 'running' | 'ended' | 'failed';
}

/** The store of a world: it remembers every version that was ever written, answered or not. */
class RememberingStore extends MemoryJobStore {
  onWrite: (jobId: string, text: string) => void = () => undefined;
  onForget: (owner: string) => void = () => undefined;

  override create(record: JobRecord): Promise<CreateOutcome> {
    return this.#watched(record.jobId, () => super.create(record));
  }

  override replace(record: JobRecord, version: string): Promise<ReplaceOutcome> {
    return this.#watched(record.jobId, () => super.replace(record, version));
  }

  override forget(owner: string): Promise<void> {
    this.onForget(owner);
    return super.forget(owner);
  }

  #watched<T>(jobId: string, write: () => Promise<T>): Promise<T> {
    const before = this.textOf(jobId);
    const outcome = write();
    const after = this.textOf(jobId);
    if (after !== undefined && after !== before) this.onWrite(jobId, after);
    return outcome;
  }
}

/**
 * What managers have effects on: the store, GitLab, workers with their generation fence. Every act is held against what was stored before
 * it; what may not happen is thrown into `violations`, because an act's own exception would be taken for a defect of the drive.
 */
export class ModelWorld {
  readonly store: RememberingStore;
  readonly clock: ManualClock;
  readonly random = seededRandom(20260101);
  readonly violations: string[] = [];
  readonly #jobs = new Map<string, WorldJob>();

  constructor(clock: ManualClock) {
    this.clock = clock;
    this.store = new RememberingStore(clock);
    this.store.onWrite = (jobId, text) => this.#remember(jobId, text);
    this.store.onForget = (owner) => this.#checkForgotten(owner);
  }

  /** GitLab hands a job out. */
  newJob(): string {
    const jobId = String(this.#jobs.size + 1);
    this.#jobs.set(jobId, {
      history: [],
      verbs: [],
      placed: new Set(),
      stopped: new Set(),
      stages: [],
      reports: [],
      state: 'running',
    });
    return jobId;
  }

  get jobIds(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  job(jobId: string): WorldJob {
    const job = this.#jobs.get(jobId);
    if (!job) throw new Error(`the world has no job ${jobId}`);
    return job;
  }

  /** A manager could not record the job and told GitLab so: it must have no record that somebody drives. */
  failUnrecorded(jobId: string): void {
    const job = this.job(jobId);
    if (job.history.length > 0) this.violations.push(`job ${jobId} was failed for want of a record, and has one`);
    if (job.state === 'running') job.state = 'failed';
  }

  /** RunTask: the same placement twice is the same task. */
  runTask(actor: Actor, placementId: string): void {
    const job = this.job(actor.jobId);
    const isIntended = job.history.some(({ placements = [] }) => placements.some(({ id }) => id === placementId));
    this.#expect(isIntended, actor, `starts a task for placement ${placementId}, which no record has`);
    job.placed.add(placementId);
    this.#expect(job.placed.size === 1, actor, 'starts a second task');
  }

  /** A verb of the shim; says whether the worker took it. A verb of an earlier generation is refused. */
  verb(actor: Actor): 'ok' | 'stale' {
    const { verbs } = this.job(actor.jobId);
    const last = verbs.at(-1);
    if (last && last.generation > actor.generation) return 'stale';
    const isSole = !last || last.generation < actor.generation || last.owner === actor.owner;
    this.#expect(isSole, actor, `acts in the worker in the generation of ${last?.owner}`);
    verbs.push(actor);
    return 'ok';
  }

  /** The worker starts each stage once, whoever asks. */
  runStage(actor: Actor, stage: string): 'ok' | 'stale' {
    const job = this.job(actor.jobId);
    if (this.verb(actor) === 'stale') return 'stale';
    const isIntended = job.history.some(({ stages = [] }) => stages.some((run) => run.stage === stage));
    this.#expect(isIntended, actor, `runs ${stage}, which no record has`);
    if (!job.stages.includes(stage)) job.stages.push(stage);
    return 'ok';
  }

  /** The final PUT. */
  report(actor: Actor, ending: Ending): void {
    const job = this.job(actor.jobId);
    const stored = job.history.find((version) => version.ending)?.ending;
    this.#expect(JSON.stringify(stored) === JSON.stringify(ending), actor, `reports ${ending.kind}, the record has ${stored?.kind}`);
    job.reports.push(ending.kind);
    if (job.state === 'running') job.state = 'ended';
  }

  /** StopTask. */
  stopTask(actor: Actor, placementId: string): void {
    const job = this.job(actor.jobId);
    const isIntended = job.history.some(({ phase }) => phase === 'reclaiming');
    this.#expect(isIntended, actor, 'stops a task although no record says that the job is over');
    job.stopped.add(placementId);
  }

  /** A manager that went in order: the jobs it leaves wait for nobody's being stale. */
  async checkGone(owner: string): Promise<void> {
    const beats = await this.store.owners();
    const isThere = beats.some((beat) => beat.owner === owner);
    for (const actor of this.#jobsOf(owner)) this.#expect(isThere, actor, 'was left by a manager that is gone without a word');
  }

  /** What a manager may never find fault with, after everything has settled. */
  checkSettled(): void {
    for (const [jobId, job] of this.#jobs) {
      const actor = { jobId, owner: 'nobody', generation: 0 };
      const last = job.history.at(-1);
      if (!last) this.#expect(job.state === 'failed', actor, 'is neither recorded nor failed');
      else this.#expect(last.phase === 'done', actor, `is left in phase ${last.phase}`);
      if (last?.ending?.kind === 'succeeded') this.#expect(job.reports.length > 0, actor, 'succeeded, and GitLab does not know');
      if (last?.ending?.kind === 'succeeded') this.#expect(job.stages.join() === 'build,test', actor, `ran ${job.stages.join()}`);
      this.#expect(job.state !== 'running', actor, 'goes on for ever');
      this.#expect(
        [...job.placed].every((id) => job.stopped.has(id)),
        actor,
        'left a task behind',
      );
    }
  }

  /** Whose last word is that its jobs are free, is not forgotten while there are some: they would wait until it counts as stale. */
  #checkForgotten(owner: string): void {
    void this.store.owners().then((beats) => {
      const beat = beats.find((each) => each.owner === owner);
      if (beat?.released)
        for (const actor of this.#jobsOf(owner)) this.#expect(false, actor, 'waits for a manager whose release is forgotten');
    });
  }

  /** The jobs whose records name this owner now. */
  #jobsOf(owner: string): Actor[] {
    return this.jobIds.flatMap((jobId) => {
      const last = this.job(jobId).history.at(-1);
      return last?.owner === owner && last.phase !== 'done' ? [{ jobId, owner, generation: last.generation ?? 0 }] : [];
    });
  }

  #remember(jobId: string, text: string): void {
    const job = this.job(jobId);
    const decoded = decodeRecord(text);
    const before = job.history.at(-1);
    const now: Stored =
      decoded.kind === 'record' ? decoded.record : { ...(decoded.kind === 'tombstone' && decoded.tombstone), phase: 'done' };
    const actor = { jobId, owner: now.owner ?? 'nobody', generation: now.generation ?? 0 };
    if (before?.owner !== undefined && now.owner !== undefined) {
      const rise = (now.generation ?? 0) - (before.generation ?? 0);
      this.#expect(rise === (now.owner === before.owner ? 0 : 1), actor, `follows ${before.owner} with a rise of ${rise}`);
    }
    if (before?.ending) this.#expect(JSON.stringify(before.ending) === JSON.stringify(now.ending), actor, 'changes the ending');
    job.history.push(now);
  }

  #expect(isSo: boolean, actor: Actor, what: string): void {
    if (!isSo) this.violations.push(`${actor.owner} (generation ${actor.generation}), job ${actor.jobId}: ${what}`);
  }
}
