import type { Clock } from '@fargate-gitlab-runner/kernel';
import type {
  Coordinator,
  JobCredentials,
  JobUpdate,
  RequestVerdict,
  TracePatch,
  TraceVerdict,
  UpdateVerdict,
  VerifyVerdict,
} from '../../coordinator/coordinator.ts';

const PATCH_MAX_BYTES = 1024 * 1024;

/** One PATCH as it came in. `atMs`: by the test's clock. */
export interface SeenPatch extends TracePatch {
  readonly atMs: number;
  readonly verdict: TraceVerdict['kind'];
}

/**
 * GitLab's side of one job, for tests: it keeps the trace under GitLab's offset rules, judges every PATCH, and answers what it was told
 * to answer before it answers by the rules.
 */
export class JudgingGitLab implements Coordinator {
  readonly patches: SeenPatch[] = [];
  readonly updates: (JobUpdate & { readonly atMs: number })[] = [];
  readonly #clock: Clock;
  readonly #patchAnswers: ((patch: TracePatch) => TraceVerdict)[] = [];
  readonly #updateAnswers: UpdateVerdict[] = [];
  #trace: Buffer = Buffer.alloc(0);
  paceMs: number | undefined;
  isCanceling = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get trace(): Buffer {
    return this.#trace;
  }

  /** GitLab loses or already has bytes that nobody sent in this test. */
  set trace(bytes: Buffer) {
    this.#trace = bytes;
  }

  /** The next PATCHes are answered so, one answer each, unseen by the rules. */
  answerPatches(...answers: ((patch: TracePatch) => TraceVerdict)[]): void {
    this.#patchAnswers.push(...answers);
  }

  /** The next updates are answered so, one answer each. */
  answerUpdates(...answers: UpdateVerdict[]): void {
    this.#updateAnswers.push(...answers);
  }

  /** What the rules say: bytes are taken at exactly the end of what there is. */
  append({ from, bytes }: TracePatch): TraceVerdict {
    const pace = this.paceMs === undefined ? {} : { paceMs: this.paceMs };
    if (from !== this.#trace.length) return { kind: 'rewind', to: this.#trace.length, ...pace };
    this.#trace = Buffer.concat([this.#trace, bytes]);
    return { kind: 'accepted', isCanceling: this.isCanceling, ...pace };
  }

  patchTrace(_job: JobCredentials, patch: TracePatch): Promise<TraceVerdict> {
    if (patch.bytes.length === 0 || patch.bytes.length > PATCH_MAX_BYTES) throw new Error(`a PATCH of ${patch.bytes.length} bytes`);
    const verdict = (this.#patchAnswers.shift() ?? ((sent) => this.append(sent)))(patch);
    this.patches.push({ ...patch, atMs: this.#clock.now(), verdict: verdict.kind });
    return Promise.resolve(verdict);
  }

  update(_job: JobCredentials, update: JobUpdate): Promise<UpdateVerdict> {
    this.updates.push({ ...update, atMs: this.#clock.now() });
    const pace = this.paceMs === undefined ? {} : { paceMs: this.paceMs };
    return Promise.resolve(this.#updateAnswers.shift() ?? { kind: 'accepted', isCanceling: this.isCanceling, ...pace });
  }

  verify(): Promise<VerifyVerdict> {
    throw new Error('nobody verifies a runner here');
  }

  request(): Promise<RequestVerdict> {
    throw new Error('nobody asks for jobs here');
  }
}
