import { advanceStages, type PipelineStatus, pipelineStatus } from '../pipeline/pipeline-run.ts';
import type { Job } from './job.ts';
import type { Project } from './project.ts';
import type { SourceCommit } from './source-commit.ts';

/** One pipeline with its jobs. It moves its jobs from stage to stage as they end. */
export class PipelineRecord {
  readonly id: number;
  readonly project: Project | undefined;
  readonly commit: SourceCommit;
  readonly stages: readonly string[];
  readonly jobs: Job[] = [];
  #status: PipelineStatus = 'created';
  #isAdvancing = false;
  readonly #onChange: (pipeline: PipelineRecord) => void;

  constructor(
    facts: {
      readonly id: number;
      readonly project: Project | undefined;
      readonly commit: SourceCommit;
      readonly stages: readonly string[];
    },
    onChange: (pipeline: PipelineRecord) => void,
  ) {
    this.id = facts.id;
    this.project = facts.project;
    this.commit = facts.commit;
    this.stages = facts.stages;
    this.#onChange = onChange;
  }

  get status(): PipelineStatus {
    return this.#status;
  }

  /** To be called after every change of one of its jobs. */
  advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (advanceStages(this.stages, this.jobs));
    } finally {
      this.#isAdvancing = false;
    }
    const status = pipelineStatus(this.jobs);
    if (status === this.#status) return;
    this.#status = status;
    this.#onChange(this);
  }
}
