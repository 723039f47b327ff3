/** One feature of `.gitlab-ci.yml` that depends on the runner, and how it stands with it. */
export interface CiFeature {
  /** Keyword or variable, as one writes it. */
  readonly feature: string;
  /**
   * `yes`: as GitLab's documentation has it; `partly`: `how` says what is left out; `server`: GitLab's part of it is enough, the runner has
   * nothing to do; `not yet`: planned; `no`: can't be, on Fargate.
   */
  readonly state: 'yes' | 'partly' | 'server' | 'not yet' | 'no';
  /** How it is done here or what is other than elsewhere; why not. */
  readonly how: string;
  /** Names of cases in `e2e/cases` that show it. */
  readonly cases?: readonly string[];
  /** Files of tests that show it, from the root of the repository. */
  readonly tests?: readonly string[];
}
