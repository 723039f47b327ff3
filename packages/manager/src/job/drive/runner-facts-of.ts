import { posix } from 'node:path';
import type { JobRecord } from '../../store/job-record.ts';
import { buildDirectories, type Directories } from '../../shell/directories.ts';
import { secretVariables } from './secret-variables.ts';
import type { RunnerFacts } from '../../shell/runner-facts.ts';
import type { TracedJob } from './traced-job.ts';

const DEFAULT_TIMEOUT_S = 7200;

/** Seconds the job may take. Source: GitLab runner API, `runner_info.timeout`. */
export function jobTimeoutS({ payload }: Pick<JobRecord, 'payload'>): number {
  const { timeout } = payload.runner_info;
  return timeout !== undefined && timeout > 0 ? timeout : DEFAULT_TIMEOUT_S;
}

/** Where the job works in a worker whose HOME is `home`: a builds folder that isn't absolute lies in there. */
export function directoriesOf(traced: Pick<TracedJob, 'facts' | 'job'>, home: string): Directories {
  const { buildsDir } = traced.facts.runner.worker;
  return buildDirectories(posix.resolve(posix.isAbsolute(home) ? home : '/', buildsDir), traced.job.record.payload, {
    isCustomAllowed: traced.facts.runner.customBuildDir,
    concurrentId: concurrentIdOf(traced),
  });
}

/** The number that the job has had since its first placement, whoever drives it: scripts and paths were made with it. */
function concurrentIdOf({ job, facts }: Pick<TracedJob, 'facts' | 'job'>): number {
  return job.record.concurrentId ?? facts.concurrentId;
}

/** What the job's variables are resolved with. */
export function runnerFactsOf(traced: Pick<TracedJob, 'facts' | 'job' | 'tools'>, directories: Directories): RunnerFacts {
  const { facts, job, tools } = traced;
  return {
    runnerShortToken: facts.shortToken,
    runnerName: facts.runner.name,
    version: tools.settings.version,
    revision: tools.settings.revision,
    ...directories,
    concurrentId: concurrentIdOf(traced),
    concurrentProjectId: concurrentIdOf(traced),
    timeoutS: jobTimeoutS(job.record),
    isShared: false,
    secrets: secretVariables(job.record),
    debugTraceDisabled: facts.runner.debugTraceDisabled,
    environment: Object.entries(facts.runner.environment),
  };
}
