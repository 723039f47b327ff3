/** When a job of a later stage runs. `manual` jobs are never started here. */
export type When = 'on_success' | 'on_failure' | 'always' | 'manual' | 'never';

/** A variable as `.gitlab-ci.yml` declares it. */
export interface PipelineVariable {
  readonly key: string;
  readonly value: string;
  /** False: the value is raw, nothing in it is expanded. */
  readonly isExpanded: boolean;
}

/** One visible job, with defaults and global settings already applied. */
export interface PipelineJob {
  readonly name: string;
  readonly stage: string;
  readonly tags: readonly string[];
  readonly when: When;
  readonly allowFailure: boolean;
  /** Undefined: the project's default. */
  readonly timeoutSeconds: number | undefined;
  /** Lines of `before_script` and `script`, in order. */
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  /** Global variables, then the job's own. */
  readonly variables: readonly PipelineVariable[];
}

/** A `.gitlab-ci.yml` that was understood. */
export interface Pipeline {
  /** In order of execution, `.pre` first and `.post` last. */
  readonly stages: readonly string[];
  /** In order of appearance. */
  readonly jobs: readonly PipelineJob[];
}
