export type { Fault } from './control/fault.ts';
export { type Following, GitLabControl } from './control/gitlab-control.ts';
export type { GitLabEvent } from './control/gitlab-event.ts';
export { expandAhead, readAhead } from './control/read-ahead.ts';
export type { RecordedRequest } from './control/recorder.ts';
export type {
  EnqueuedJobSpec,
  JobView,
  KnobsSpec,
  PipelineSpec,
  PipelineStart,
  PipelineView,
  RunnerSpec,
  RunnerView,
} from './control/views.ts';
export type { Finding } from './coordinator/finding.ts';
export type { JobVariable } from './coordinator/job-variable.ts';
export { type PipelineOrigin, pipelineVariables } from './coordinator/pipeline-variables.ts';
export { type EmulatorSettings, GITLAB_RATE_LIMITS, type TlsFiles } from './coordinator/settings.ts';
export type {
  ContainerImage,
  JobArtifacts,
  JobCache,
  JobEnvironment,
  JobInput,
  JobNeed,
  JobReport,
  ParallelPlace,
  Pipeline,
  PipelineJob,
  PipelineVariable,
  When,
} from './pipeline/pipeline.ts';
export { expandedYaml } from './pipeline/expanded-yaml.ts';
export { type PipelineReading, readPipeline } from './pipeline/read-pipeline.ts';
export type { ReadingContext, RepositoryFiles } from './pipeline/reading-context.ts';
export { type GitLabEmulatorProcess, startGitLabEmulatorProcess } from './process.ts';
export { type GitLabEmulator, startGitLabEmulator } from './server.ts';
