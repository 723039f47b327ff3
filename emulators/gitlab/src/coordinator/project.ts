/** A project: a path such as `group/name` and a bare repository that git serves for it. */
export interface Project {
  readonly id: number;
  /** Without leading slash and without `.git`. */
  readonly path: string;
  /** Folder of the bare repository. Pipelines write `refs/pipelines/<id>` into it, as GitLab does. */
  readonly repository: string;
  /** Paths of other projects whose jobs may read it with their tokens. */
  readonly readers: readonly string[];
  /** Names of protected branches and tags. */
  readonly protectedRefs: readonly string[];
  /** `CI_DEFAULT_BRANCH`. */
  readonly defaultBranch: string;
}
