import type { GitLabControl, JobVariable, JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { traceLines } from '@fargate-gitlab-runner/testkit';
import { projectPath } from './case-project.ts';
import type { Cell } from './cell.ts';
import type { SeenJob } from './seen-job.ts';
import type { LoadedCase } from './load-cases.ts';

/** Runs the pipeline of a case, whose project is there, with `more` variables, and gives its jobs once all of them have ended. */
export async function seePipeline(
  control: GitLabControl,
  { loaded, cell, more = [] }: { readonly loaded: LoadedCase; readonly cell: Cell; readonly more?: readonly JobVariable[] },
): Promise<readonly SeenJob[]> {
  const { ref, variables = [] } = loaded.expected;
  const started = await control.createPipeline({
    project: projectPath(loaded, cell),
    ...(ref === undefined ? {} : { ref }),
    variables: [...variables, ...more],
  });
  if (started.kind === 'invalid') throw new Error(JSON.stringify(started.problems));
  const { jobs } = await control.pipelineEnd(started.pipeline.id);
  return Promise.all(jobs.map((job) => seeJob(control, job)));
}

async function seeJob(control: GitLabControl, job: JobView): Promise<SeenJob> {
  const trace = await control.trace(job.id);
  const artifacts = await Promise.all(
    job.artifacts.map(async ({ type, format, filename }) => ({ type, format, filename, bytes: await control.artifact(job.id, type) })),
  );
  return { job, trace, lines: traceLines(trace), artifacts };
}
