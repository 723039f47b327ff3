/** The files that we keep in a job's `tmpDir`. All of them are removed when the job is cleaned up. */
export interface JobFiles {
  /** `GITLAB_ENV`: `KEY=VALUE` lines that one stage leaves for the next. */
  readonly environment: string;
  /** The git configuration of this job: credentials helper and CA. It holds no secret. */
  readonly gitExternal: string;
  /** What `GIT_CONFIG_GLOBAL` names: the user's own configuration, then ours. */
  readonly gitGlobal: string;
  readonly gitTemplate: string;
  /** Folder for archives on their way, and for the tokens that they need. */
  readonly artifacts: string;
  /** Folder for archives of the cache, and for what is known of those that were restored. */
  readonly cache: string;
}

/** Where those files are, given `tmpDir`. */
export function jobFiles(tmpDir: string): JobFiles {
  return {
    environment: `${tmpDir}/gitlab_runner_env`,
    gitExternal: `${tmpDir}/.gitlab-runner.ext.conf`,
    gitGlobal: `${tmpDir}/.glr.gconf`,
    gitTemplate: `${tmpDir}/git-template`,
    artifacts: `${tmpDir}/.artifacts`,
    cache: `${tmpDir}/.cache`,
  };
}
