/** What the manager knows about the runner, the worker and the place of the job in them. Paths are absolute, in the worker. */
export interface RunnerFacts {
  /** The first characters of the runner's token, as GitLab shows them. */
  readonly runnerShortToken: string;
  /** The name of the runner in the configuration: `CI_RUNNER_DESCRIPTION` until GitLab says otherwise. */
  readonly runnerName: string;
  readonly version: string;
  readonly revision: string;
  /** Platform of the manager, `<os>/<architecture>`. Default `linux/amd64`. */
  readonly executableArch?: string;
  readonly buildsDir: string;
  readonly projectDir: string;
  readonly tmpDir: string;
  /** Smallest free number among the running jobs of this runner, and of this runner and project. */
  readonly concurrentId: number;
  readonly concurrentProjectId: number;
  /** Seconds that the job may take. */
  readonly timeoutS: number;
  /** Whether other jobs see the same environment. */
  readonly isShared: boolean;
  /** Content of the CA bundle for the GitLab host (PEM), when there is one. */
  readonly tlsCaFile?: string;
  /** What the job's `secrets:` came to, in clear. */
  readonly secrets?: readonly { readonly key: string; readonly value: string; readonly isFile: boolean }[];
  /** Jobs may not have their commands traced; default false. */
  readonly debugTraceDisabled?: boolean;
  /** Variables that the operator gives to every job. */
  readonly environment?: readonly (readonly [key: string, value: string])[];
}
