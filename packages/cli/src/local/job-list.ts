import type { PipelineJob } from '@fargate-gitlab-runner/emulator-gitlab';
import stringWidth from 'string-width';

/** The facts about a job that the list has. */
export interface ListedJob {
  readonly name: string;
  readonly stage: string;
  readonly when: string;
  /** Null: it waits for the stages before it. */
  readonly needs: readonly string[] | null;
  readonly allow_failure: boolean | { readonly exit_codes: readonly number[] };
  readonly tags: readonly string[];
}

/** The jobs for a program, in GitLab's words. */
export function listedJobs(jobs: readonly PipelineJob[]): readonly ListedJob[] {
  return jobs.map((job) => ({
    name: job.name,
    stage: job.stage,
    when: job.when,
    needs: job.needs?.map((need) => need.job) ?? null,
    allow_failure: job.allowedExitCodes.length > 0 ? { exit_codes: job.allowedExitCodes } : job.allowFailure,
    tags: job.tags,
  }));
}

const HEAD = ['job', 'stage', 'when', 'needs', 'allow_failure', 'tags'];

/** The jobs as a table for a person; `stages` gives the order. */
export function jobTable(stages: readonly string[], jobs: readonly PipelineJob[]): string[] {
  const ordered = listedJobs(jobs).toSorted((a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage));
  const rows = [HEAD, ...ordered.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function cells(job: ListedJob): string[] {
  const allowed =
    typeof job.allow_failure === 'object' ? `exit codes ${job.allow_failure.exit_codes.join(', ')}` : job.allow_failure ? 'yes' : 'no';
  const needs = job.needs === null ? '-' : job.needs.length === 0 ? 'none' : job.needs.join(', ');
  return [job.name, job.stage, job.when, needs, allowed, job.tags.join(', ')];
}
