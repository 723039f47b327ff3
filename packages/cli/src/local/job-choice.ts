import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';
import { distance } from 'fastest-levenshtein';

/** What choosing needs to know of a job. */
export interface ChoosableJob {
  readonly name: string;
  /** The name in the file, without what `parallel` adds. */
  readonly group: string;
  readonly needs: readonly { readonly job: string }[] | undefined;
}

/**
 * The jobs that these names mean, and all that they need, directly or not, in the pipeline's order. A name may be that of a job or of a
 * whole `parallel` group. A job without `needs` comes alone, without the stages before it. Throws `FR_LOCAL_UNKNOWN_JOB` for every name
 * that means nothing, with those that are like it.
 */
export function chooseJobs<J extends ChoosableJob>(jobs: readonly J[], names: readonly string[]): readonly J[] {
  const problems = names.filter((name) => !jobs.some((job) => isMeant(job, name))).map((name) => unknownJob(jobs, name));
  if (problems.length > 0) throw new CodedError(problems);
  const chosen = new Set<J>();
  const open = jobs.filter((job) => names.some((name) => isMeant(job, name)));
  for (let job = open.pop(); job; job = open.pop()) {
    if (chosen.has(job)) continue;
    chosen.add(job);
    const needs = job.needs?.map((need) => need.job) ?? [];
    open.push(...jobs.filter((other) => needs.includes(other.name)));
  }
  return jobs.filter((job) => chosen.has(job));
}

/** Whether a name on the command line means this job. */
export function isMeant(job: Pick<ChoosableJob, 'name' | 'group'>, name: string): boolean {
  return job.name === name || job.group === name;
}

const MOST_NAMES = 5;

function unknownJob(jobs: readonly ChoosableJob[], name: string): Problem {
  const names = [...new Set(jobs.flatMap((job) => [job.name, job.group]))];
  const near = names
    .map((known) => ({ known, away: known.includes(name) ? 1 : distance(known.toLowerCase(), name.toLowerCase()) }))
    .filter(({ known, away }) => away <= Math.max(2, Math.ceil(Math.max(known.length, name.length) / 3)))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, MOST_NAMES)
    .map(({ known }) => known);
  return {
    code: 'FR_LOCAL_UNKNOWN_JOB',
    what: 'the pipeline has no such job',
    given: name,
    allowed: near.length > 0 ? `is it ${near.join(', or ')}?` : names.join(', '),
    cure: 'local --list shows the jobs; rules may leave one out, depending on --source, --ref and --var',
  };
}
