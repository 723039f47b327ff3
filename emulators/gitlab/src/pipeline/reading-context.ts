import type { Plain } from './pipeline.ts';

/** The files of the repository at the commit that the pipeline is for. */
export interface RepositoryFiles {
  /** Every path, with `/` between folders and none at the start. */
  readonly paths: readonly string[];
  /** The text of a file; undefined when there is none. */
  read(path: string): string | undefined;
}

/** What the file alone does not say. All but `file` may be left out: a pipeline of a push to nowhere in particular. */
export interface ReadingContext {
  /** The name that places carry. */
  readonly file: string;
  /** For `include:local`, `rules:exists` and `include:rules:exists`. Without it nothing can be included, and nothing exists. */
  readonly repository?: RepositoryFiles;
  /** What GitLab knows before it reads the file (`CI_COMMIT_BRANCH`, `CI_PIPELINE_SOURCE` …); the file's own variables win. */
  readonly predefined?: Readonly<Record<string, string>>;
  /** Given by whoever started the pipeline, and by project settings; they win over those of the file. */
  readonly given?: Readonly<Record<string, string>>;
  /**
   * Paths that `rules:changes` looks at; `against` is the ref of `compare_to`. `'unknown'`: there is nothing to compare with, and every
   * `changes` is true, as in GitLab. `'no such ref'` makes the file invalid. Default: unknown.
   */
  readonly changes?: (against: string | undefined) => readonly string[] | 'unknown' | 'no such ref';
  /** Values for `spec:inputs` of the file itself. */
  readonly inputs?: Readonly<Record<string, Plain>>;
}
