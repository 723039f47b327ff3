import type { GitLabControl, GitLabEvent, JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { stripVTControlCharacters } from 'node:util';
import { type Board, type BoardJob, hasEnded, type JobEvent } from './board.ts';
import { keepArtifacts } from './keep-artifacts.ts';
import type { ManualJobs } from './manual-jobs.ts';
import type { PipelineDisplay } from './pipeline-display.ts';
import type { RunFolder } from './run-folder.ts';
import { TraceText } from './trace-text.ts';

/** Who is told what happens in a pipeline, and who decides. */
export interface Followed {
  readonly control: Pick<GitLabControl, 'follow' | 'job' | 'playJob' | 'artifact'>;
  readonly board: Board;
  readonly display: PipelineDisplay;
  readonly manual: ManualJobs;
  /** Undefined where it could not be made. */
  readonly folder: RunFolder | undefined;
  readonly signal: AbortSignal;
}

/** Shows a pipeline until it has ended, or is blocked by manual jobs that nobody plays. Rejects when the signal aborts. */
export async function followPipeline(of: Followed): Promise<void> {
  const follower = new Follower(of);
  for await (const event of of.control.follow({ signal: of.signal })) {
    if (await follower.take(event)) return;
  }
  of.signal.throwIfAborted();
}

class Follower {
  readonly #of: Followed;
  readonly #texts = new Map<string, TraceText>();
  /** Jobs that were played; what is heard of them until they go may be older than that. */
  readonly #played = new Set<string>();

  constructor(of: Followed) {
    this.#of = of;
  }

  /** Takes one event and says whether it was the last that matters. */
  async take(event: GitLabEvent): Promise<boolean> {
    this.#of.board.apply(event);
    switch (event.kind) {
      case 'trace':
        this.#log(event.jobId, this.#textOf(event.jobId).take(event.bytes));
        return false;
      case 'job':
        await this.#jobChanged(event);
        return false;
      case 'pipeline':
        return event.pipelineId === this.#of.board.pipelineId && this.#isOver(event.status);
    }
  }

  async #isOver(status: string): Promise<boolean> {
    if (!hasEnded(status) && status !== 'manual') return false;
    const { board, manual, signal } = this.#of;
    if (board.status !== status) return false;
    if (board.jobs.some((job) => this.#played.has(job.id) && (job.status === 'manual' || job.status === 'scheduled'))) return false;
    const played = await manual.whenNothingElseGoesOn(
      board.jobs.filter((job) => job.status === 'manual'),
      signal,
    );
    if (!played) return true;
    await this.#play(played);
    return false;
  }

  async #jobChanged(event: JobEvent): Promise<void> {
    const { board, control, display, manual } = this.#of;
    if (hasEnded(event.to)) this.#log(event.jobId, this.#textOf(event.jobId).end());
    if (hasEnded(event.to)) {
      const { stuck, allowFailure, artifacts } = await control.job(event.jobId);
      await this.#keep(event.jobId, artifacts);
      board.learn(event.name, { stuck, allowFailure });
      if (stuck !== undefined) display.say(`${event.name}: ${stuck}`);
    }
    const job = board.job(event.name);
    if (!job || job.id !== event.jobId) return;
    display.jobChanged(job);
    if ((job.status === 'manual' || job.status === 'scheduled') && manual.isToBePlayed(job)) await this.#play(job);
  }

  async #keep(jobId: string, artifacts: JobView['artifacts']): Promise<void> {
    const { board, control, display, folder } = this.#of;
    const job = board.jobWithId(jobId);
    if (!job || !folder) return;
    for (const note of await keepArtifacts(job, artifacts, { control, folder })) display.say(`${job.name}: ${note}`);
  }

  /** A job that can't be played any more says so; it is no reason to end. */
  async #play(job: BoardJob): Promise<void> {
    this.#played.add(job.id);
    await this.#of.control.playJob(job.id).catch((error: unknown) => {
      this.#played.delete(job.id);
      this.#of.display.say(`${job.name}: ${String(error)}`);
    });
  }

  #log(jobId: string, lines: readonly string[]): void {
    const { board, display, folder } = this.#of;
    const job = board.jobWithId(jobId);
    if (!job || lines.length === 0) return;
    display.log(job, lines);
    folder?.append(
      job,
      lines.map((line) => stripVTControlCharacters(line)),
    );
  }

  #textOf(jobId: string): TraceText {
    const text = this.#texts.get(jobId) ?? new TraceText();
    this.#texts.set(jobId, text);
    return text;
  }
}
