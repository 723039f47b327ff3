/** When a job runs: after what ran before it. `manual` waits for somebody to play it, `delayed` for its time. */
export type When = 'on_success' | 'on_failure' | 'always' | 'manual' | 'delayed';

/** A variable as `.gitlab-ci.yml` declares it. */
export interface PipelineVariable {
  readonly key: string;
  readonly value: string;
  /** False: the value is raw, nothing in it is expanded. */
  readonly isExpanded: boolean;
  /** What a form for a manual pipeline would show. */
  readonly description?: string;
  /** The only values that may be given when a pipeline is started by hand. */
  readonly options?: readonly string[];
}

/** Another job of the same pipeline that has to have ended first; names are those of single jobs, matrix suffix and all. */
export interface JobNeed {
  readonly job: string;
  /** Whether its artifacts are fetched. */
  readonly artifacts: boolean;
  /** Whether the pipeline may be without it. */
  readonly optional: boolean;
}

/** The place of a job among those that `parallel` made of it. */
export interface ParallelPlace {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** The matrix variables of this one; undefined for a plain number. */
  readonly matrix: Readonly<Record<string, string>> | undefined;
}

/** An `image` or a service, in the words of the payload. */
export interface ContainerImage {
  readonly name: string;
  readonly entrypoint: readonly string[] | undefined;
  /** Of a service. */
  readonly command: readonly string[] | undefined;
  /** Of a service. */
  readonly alias: string | undefined;
  readonly pullPolicy: readonly string[] | undefined;
  readonly ports: readonly { readonly number: number; readonly protocol: string; readonly name: string }[];
  /** Of a service. */
  readonly variables: readonly PipelineVariable[];
  readonly docker: { readonly platform: string | undefined; readonly user: string | undefined } | undefined;
  readonly kubernetes: { readonly user: string } | undefined;
}

/** One cache of a job. */
export interface JobCache {
  /** Text with variables, or the files whose contents or last commits make the key. */
  readonly key:
    | string
    | { readonly files: readonly string[]; readonly source: 'contents' | 'commits'; readonly prefix: string | undefined };
  readonly paths: readonly string[];
  readonly untracked: boolean;
  readonly unprotect: boolean;
  readonly policy: string;
  readonly when: 'on_success' | 'on_failure' | 'always';
  readonly fallbackKeys: readonly string[];
}

/** A report: what kind, and where its files are. */
export interface JobReport {
  readonly type: string;
  readonly paths: readonly string[];
}

/** What is kept of a job's files. */
export interface JobArtifacts {
  readonly name: string | undefined;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly untracked: boolean;
  readonly when: 'on_success' | 'on_failure' | 'always';
  /** As written. */
  readonly expireIn: string | undefined;
  readonly exposeAs: string | undefined;
  readonly access: 'all' | 'developer' | 'maintainer' | 'none';
  readonly reports: readonly JobReport[];
}

/** How often and why a job is tried again. */
export interface JobRetry {
  /** 0 to 2. */
  readonly max: number;
  /** Failure reasons, `always` among them; empty when only exit codes count. */
  readonly when: readonly string[];
  readonly exitCodes: readonly number[];
}

/** Where a job deploys to. */
export interface JobEnvironment {
  /** May hold variables. */
  readonly name: string;
  readonly url: string | undefined;
  readonly action: 'start' | 'prepare' | 'stop' | 'verify' | 'access';
  readonly onStop: string | undefined;
  /** As written. */
  readonly autoStopIn: string | undefined;
  readonly deploymentTier: string | undefined;
}

/** A value of any shape, as the file wrote it. */
export type Plain = string | number | boolean | null | bigint | readonly Plain[] | { readonly [key: string]: Plain };

/** An input of a job (`inputs:`), with the value it has in this pipeline. */
export interface JobInput {
  readonly key: string;
  readonly type: 'string' | 'number' | 'boolean' | 'array';
  readonly value: Plain;
}

/** One job that a pipeline has, with defaults, global settings and rules already applied. */
export interface PipelineJob {
  /** With the suffix of `parallel`: `test 1/3`, `test: [a, b]`. */
  readonly name: string;
  /** The name in the file. */
  readonly group: string;
  readonly stage: string;
  readonly tags: readonly string[];
  readonly when: When;
  /** For `delayed`. */
  readonly startInSeconds: number | undefined;
  readonly allowFailure: boolean;
  /** Only these exit codes are allowed to fail; `allowFailure` is false then. */
  readonly allowedExitCodes: readonly number[];
  /** Asked of whoever plays a manual job. */
  readonly manualConfirmation: string | undefined;
  /** Undefined: the job waits for the stages before it. Empty: for nothing. */
  readonly needs: readonly JobNeed[] | undefined;
  /** Names of jobs whose artifacts are fetched. Undefined: of all before it, or of those needed. */
  readonly dependencies: readonly string[] | undefined;
  readonly parallel: ParallelPlace | undefined;
  /** Undefined: the project's default. */
  readonly timeoutSeconds: number | undefined;
  /** Lines of `before_script` and `script`, in order. */
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  readonly hooks: readonly { readonly name: 'pre_get_sources_script' | 'post_get_sources_script'; readonly script: readonly string[] }[];
  /** Global variables, then the job's own, then those of its matrix and of the rule that let it in. */
  readonly variables: readonly PipelineVariable[];
  readonly image: ContainerImage | undefined;
  readonly services: readonly ContainerImage[];
  readonly cache: readonly JobCache[];
  readonly artifacts: JobArtifacts | undefined;
  readonly retry: JobRetry;
  readonly interruptible: boolean;
  readonly resourceGroup: string | undefined;
  readonly environment: JobEnvironment | undefined;
  /** A regular expression between slashes. */
  readonly coverage: string | undefined;
  /** As the payload has them: variable name -> provider. */
  readonly secrets: Readonly<Record<string, Plain>>;
  readonly release: Readonly<Record<string, Plain>> | undefined;
  /** The folder that GitLab Pages publishes. */
  readonly pages: { readonly publish: string; readonly pathPrefix: string | undefined } | undefined;
  readonly inputs: readonly JobInput[];
}

/** What `workflow:auto_cancel` says. */
export interface AutoCancel {
  readonly onNewCommit: 'conservative' | 'interruptible' | 'none';
  readonly onJobFailure: 'none' | 'all';
}

/** A `.gitlab-ci.yml` that was understood. */
export interface Pipeline {
  /** In order of execution, `.pre` first and `.post` last. */
  readonly stages: readonly string[];
  /** Those that the pipeline has, in order of appearance. */
  readonly jobs: readonly PipelineJob[];
  /** The top-level ones, with those of the workflow rule that matched. */
  readonly variables: readonly PipelineVariable[];
  /** `workflow:name`, expanded. */
  readonly name: string | undefined;
  readonly autoCancel: AutoCancel;
}
