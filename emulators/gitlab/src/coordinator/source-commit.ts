/** The commit that a job runs on, with what `CI_COMMIT_*` says about it. */
export interface SourceCommit {
  /** Branch or tag name. */
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  readonly sha: string;
  /** The commit that the ref was at before; undefined when it is new. */
  readonly beforeSha?: string;
  /** The whole message. */
  readonly message: string;
  /** `Name <address>`. */
  readonly author: string;
  /** ISO 8601. */
  readonly timestamp: string;
  /** Where the project keeps its pipeline file, when that is not `.gitlab-ci.yml`. */
  readonly configPath?: string;
  /** The merge request that the pipeline is of: from `ref`, into this branch. */
  readonly mergeRequest?: {
    readonly targetBranch: string;
    /** The commit that both branches have in common; undefined when there is none. */
    readonly diffBaseSha?: string;
  };
  /** Whether the ref is protected in its project: protected runners take only jobs of such refs. */
  readonly isProtected: boolean;
}

/** For jobs without sources. */
export const NO_COMMIT: SourceCommit = {
  ref: 'main',
  refType: 'branch',
  sha: '0'.repeat(40),
  message: 'no sources',
  author: 'Nobody <nobody@example.invalid>',
  timestamp: '2026-01-01T00:00:00Z',
  isProtected: false,
};
