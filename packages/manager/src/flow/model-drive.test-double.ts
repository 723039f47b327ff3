import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { Fenced, RecordedJob, type RecordChange } from '../job/recorded-job.ts';
import type { DriveOutcome } from '../job/job-driver.ts';
import type { JobRecord } from '../store/job-record.ts';
import type { JobStore, Versioned } from '../store/job-store.ts';
import type { ModelWorld } from './model-world.test-double.ts';
import type { DriveJob } from './roster.ts';

const LONGEST_STEP_MS = 1500;
const STAGES = ['build', 'test'];

/** What a drive works with: the manager's own view of the store, and its own clock. */
interface ModelDriveTools {
  readonly world: ModelWorld;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A drive with the outline of the real one: tell GitLab, place, connect, run each stage, end, report, stop. Its records change through the
 * real RecordedJob, each before its act, and any step may be entered a second time by a successor; its acts are the world's.
 */
export function modelDrive(tools: ModelDriveTools): DriveJob {
  return async (found, _place, leave) => {
    try {
      await new ModelDrive(tools, found, leave).run();
      return 'finished' satisfies DriveOutcome;
    } catch (error) {
      if (error instanceof Fenced) return 'fenced';
      if (leave.aborted) return 'left';
      throw error;
    }
  };
}

class ModelDrive {
  readonly #tools: ModelDriveTools;
  readonly #job: RecordedJob;
  readonly #leave: AbortSignal;

  constructor(tools: ModelDriveTools, found: Versioned, leave: AbortSignal) {
    this.#tools = tools;
    this.#job = new RecordedJob(found, tools);
    this.#leave = leave;
  }

  async run(): Promise<void> {
    if (this.#record.phase === 'driving') await this.#work();
    if (this.#record.phase === 'reporting') await this.#report();
    for (const { id } of this.#record.placements) {
      await this.#step();
      this.#tools.world.stopTask(this.#actor, id);
    }
    await this.#change({ phase: 'done' });
  }

  async #work(): Promise<void> {
    const { world } = this.#tools;
    await this.#step();
    if (world.job(this.#record.jobId).state !== 'running') {
      await this.#change({ ending: { kind: 'dropped', detail: 'gone' }, phase: 'reclaiming' });
      return;
    }
    if (this.#record.placements.length === 0) {
      const placement = { id: this.#tools.random.hex(6), region: 'eu-west-1', request: '{}' };
      await this.#change({ placements: [placement] });
    }
    await this.#step();
    world.runTask(this.#actor, this.#record.placements[0]?.id ?? '');
    await this.#step();
    this.#unlessStale(world.verb(this.#actor));
    for (const stage of STAGES) await this.#runStage(stage);
    await this.#change({ ending: { kind: 'succeeded' }, phase: 'reporting' });
  }

  async #runStage(stage: string): Promise<void> {
    const { stages } = this.#record;
    const known = stages.find((run) => run.stage === stage);
    if (known?.end) return;
    if (!known) await this.#change({ stages: [...stages, { stage, attempt: 1, deadlineAt: 0, limit: 'job' }] });
    await this.#step();
    this.#unlessStale(this.#tools.world.runStage(this.#actor, stage));
    await this.#step();
    const end = { code: 0, cause: 'exit', journalEnd: 0 } as const;
    await this.#change({ stages: this.#record.stages.map((run) => (run.stage === stage ? { ...run, end } : run)) });
  }

  async #report(): Promise<void> {
    await this.#step();
    const { ending } = this.#record;
    if (ending) this.#tools.world.report(this.#actor, ending);
    await this.#change({ phase: 'reclaiming' });
  }

  get #record(): JobRecord {
    return this.#job.record;
  }

  get #actor() {
    const { jobId, owner, generation } = this.#record;
    return { jobId, owner, generation };
  }

  async #change(change: RecordChange): Promise<void> {
    await this.#job.change(() => change, this.#leave);
  }

  #step(): Promise<void> {
    return this.#tools.clock.sleep(this.#tools.random.fraction() * LONGEST_STEP_MS, this.#leave);
  }

  #unlessStale(answer: 'ok' | 'stale'): void {
    if (answer === 'stale') throw new Fenced(this.#record.jobId, 'its worker is at a later generation');
  }
}
