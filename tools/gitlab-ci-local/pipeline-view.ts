/** A value of a YAML file. */
export type Tree = string | number | boolean | null | readonly Tree[] | { readonly [key: string]: Tree };

/** What a pipeline comes to, in the words of `--list-json`. Shared by both sides of the comparison. */
export interface PipelineView {
  /** Those that the pipeline has, by the name in the file, in order: `parallel` makes several of one. */
  readonly jobs: ReadonlyMap<string, readonly JobView[]>;
  /** The expanded file. */
  readonly yaml: Tree;
}

/** One job. */
export interface JobView {
  readonly name: string;
  readonly stage: string;
  readonly when: string;
  /** Exit codes, if only these may fail. */
  readonly allowFailure: boolean | readonly number[];
  /** Undefined: it waits for stages. */
  readonly needs: readonly NeedView[] | undefined;
}

/** What a job waits for; `job` is a name of the file, or that of one job that `parallel` made. */
export interface NeedView {
  readonly job: string;
  readonly artifacts: boolean;
}
