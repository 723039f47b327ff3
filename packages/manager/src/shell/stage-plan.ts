import type { JobPayload, JobStep } from '@fargate-gitlab-runner/protocol';
import { dependenciesWithFiles } from './artifacts/download-artifacts.ts';
import { artifactsAt } from './artifacts/upload-artifacts.ts';
import { parseBoolean } from './boolean.ts';
import { hasCaches, savesCaches } from './cache/job-caches.ts';
import { attemptsOf } from './attempts.ts';
import { type ResolvedVariable, valueIn } from './resolved-variable.ts';

/** The name GitLab gives the step whose commands run after the others, whatever became of them. */
export const AFTER_SCRIPT = 'after_script';

/** The stage of a user step. */
export type StepStageName = `step_${string}`;

/** Every stage that has a script; the name is also that of its section in the trace. */
export type StageName =
  | 'prepare_script'
  | 'get_sources'
  | 'clear_worktree'
  | StepStageName
  | typeof AFTER_SCRIPT
  | 'restore_cache'
  | 'download_artifacts'
  | 'archive_cache'
  | 'archive_cache_on_failure'
  | 'upload_artifacts_on_success'
  | 'upload_artifacts_on_failure'
  | 'cleanup_file_variables';

/**
 * One stage of a job. `predefined` stages are ours, `user` ones run the author's commands, `after` is after_script; `on_success` and
 * `on_failure` save what the scripts made, by how they ended. `attempts` is the number of tries in all, from 1.
 * `isDecisive`: an after_script whose failure is the job's.
 */
export interface PlannedStage {
  readonly name: StageName;
  readonly heading: string;
  readonly kind: 'predefined' | 'user' | 'after' | 'on_success' | 'on_failure';
  readonly attempts: number;
  readonly isDecisive?: boolean;
}

/** The stages of a job in order, and sentences about bad settings for the head of the trace. */
export interface StagePlan {
  readonly stages: readonly PlannedStage[];
  readonly warnings: readonly string[];
}

/** Run once, before the second try of `get_sources`; no part of the plan itself. */
export const CLEAR_WORKTREE: PlannedStage = {
  name: 'clear_worktree',
  heading: 'Deleting all tracked and untracked files due to source fetch failure',
  kind: 'predefined',
  attempts: 1,
};

/**
 * The stages of this job. Stages with nothing to do are left out: steps without a command, after_script without a line.
 * Source: reference for job execution, 1.1 and 1.3.
 */
export function planStages(payload: JobPayload, variables: readonly ResolvedVariable[]): StagePlan {
  const sources = attemptsOf('GET_SOURCES_ATTEMPTS', variables);
  const caches = attemptsOf('RESTORE_CACHE_ATTEMPTS', variables);
  const dependencies = attemptsOf('ARTIFACT_DOWNLOAD_ATTEMPTS', variables);
  const ignoresErrors = parseBoolean(valueIn(variables, 'AFTER_SCRIPT_IGNORE_ERRORS')) ?? true;
  const steps = payload.steps.filter((step) => step.script.length > 0);
  const stages: PlannedStage[] = [
    once('prepare_script', 'Preparing environment', 'predefined'),
    { ...once('get_sources', 'Getting source from Git repository', 'predefined'), attempts: sources.attempts },
    ...(hasCaches(payload) ? [{ ...once('restore_cache', 'Restoring cache', 'predefined'), attempts: caches.attempts }] : []),
    ...downloads(payload, dependencies.attempts),
    ...steps.filter(({ name }) => name !== AFTER_SCRIPT).map(userStage),
    ...steps.filter(({ name }) => name === AFTER_SCRIPT).map(() => afterStage(ignoresErrors)),
    ...savedCaches(payload),
    ...uploads(payload),
    once('cleanup_file_variables', 'Cleaning up project directory and file based variables', 'predefined'),
  ];
  return { stages, warnings: [...sources.warnings, ...caches.warnings, ...dependencies.warnings] };
}

function downloads(payload: JobPayload, attempts: number): PlannedStage[] {
  const stage = { ...once('download_artifacts', 'Downloading artifacts', 'predefined'), attempts };
  return dependenciesWithFiles(payload).length > 0 ? [stage] : [];
}

function savedCaches(payload: JobPayload): PlannedStage[] {
  const stages = [
    once('archive_cache', 'Saving cache for successful job', 'on_success'),
    once('archive_cache_on_failure', 'Saving cache for failed job', 'on_failure'),
  ];
  return stages.filter(({ kind }) => savesCaches(kind === 'on_success' ? 'on_success' : 'on_failure', payload));
}

/** Whether a stage saves the cache: what becomes of it is nothing to the job. */
export function savesCache({ name }: PlannedStage): boolean {
  return name === 'archive_cache' || name === 'archive_cache_on_failure';
}

function uploads(payload: JobPayload): PlannedStage[] {
  const stages = [
    once('upload_artifacts_on_success', 'Uploading artifacts for successful job', 'on_success'),
    once('upload_artifacts_on_failure', 'Uploading artifacts for failed job', 'on_failure'),
  ];
  return stages.filter(({ kind }) => artifactsAt(kind === 'on_success' ? 'on_success' : 'on_failure', payload).length > 0);
}

/** The stage that runs a step's commands. */
export function stepStageOf(step: JobStep): StepStageName {
  return `step_${step.name.toLowerCase()}`;
}

function userStage(step: JobStep): PlannedStage {
  const name = stepStageOf(step);
  return once(name, `Executing "${name}" stage of the job script`, 'user');
}

function afterStage(ignoresErrors: boolean): PlannedStage {
  return { ...once(AFTER_SCRIPT, 'Running after_script', 'after'), ...(!ignoresErrors && { isDecisive: true }) };
}

function once(name: StageName, heading: string, kind: PlannedStage['kind']): PlannedStage {
  return { name, heading, kind, attempts: 1 };
}
