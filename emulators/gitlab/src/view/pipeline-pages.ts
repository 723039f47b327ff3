import { html } from 'hono/html';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Job } from '../coordinator/job.ts';
import type { PipelineRecord } from '../coordinator/pipeline-record.ts';
import { durationText, type Markup, page, stateBadge } from './page.ts';

const LIVE_SECONDS = 3;
const ENDED: readonly string[] = ['success', 'failed', 'canceled', 'skipped'];

/** `/`: all pipelines, the latest first. */
export function pipelinesPage({ pipelines, clock }: Coordinator): Promise<Response> {
  const rows = [...pipelines.values()].reverse().map((pipeline) => pipelineRow(pipeline, clock.now()));
  const table = html`<table><thead><tr><th>Pipeline</th><th>State</th><th>Commit</th><th>Jobs</th><th>Age</th></tr></thead><tbody>${rows}</tbody></table>`;
  const main = rows.length > 0 ? table : html`<p class="dim">There is no pipeline yet.</p>`;
  return page({ title: 'Pipelines', main, refreshSeconds: LIVE_SECONDS });
}

/** `/pipelines/:id`: the jobs of a pipeline, a column for each stage. */
export function pipelinePage({ clock }: Coordinator, pipeline: PipelineRecord): Promise<Response> {
  const { id, status, stages, commit, project, jobs } = pipeline;
  const columns = stages
    .map((stage) => ({ stage, inside: jobs.filter((job) => job.spec.stage === stage) }))
    .filter(({ inside }) => inside.length > 0)
    .map(({ stage, inside }) => {
      const cards = inside.map((job) => jobCard(job, { isRetried: pipeline.isRetried(job), nowMs: clock.now() }));
      return html`<section class="stage"><h2>${stage}</h2>${cards}</section>`;
    });
  const main = html`<p>${stateBadge(status)} <span class="dim">${project?.path ?? 'without a project'} · ${commit.ref} · ${commit.sha.slice(0, 8)}</span> ${title(pipeline)}</p>
<div class="stages">${columns}</div>`;
  return page({ title: `Pipeline ${id}`, main, ...(ENDED.includes(status) ? {} : { refreshSeconds: LIVE_SECONDS }) });
}

/** How long a job has been running, or ran. */
export function jobDurationMs({ assignment, endedAt, isFinished }: Job, nowMs: number): number | undefined {
  if (!assignment) return undefined;
  return (isFinished ? (endedAt ?? nowMs) : nowMs) - assignment.at;
}

function pipelineRow(pipeline: PipelineRecord, nowMs: number): Markup {
  const { id, status, commit, latestJobs, createdAt } = pipeline;
  const done = latestJobs.filter((job) => job.isFinished).length;
  return html`<tr><td><a href="/pipelines/${id}">#${id}</a></td><td>${stateBadge(status)}</td>
<td>${commit.ref} <span class="dim">${commit.sha.slice(0, 8)}</span> ${title(pipeline)}</td><td>${done}/${latestJobs.length}</td><td>${durationText(nowMs - createdAt)}</td></tr>`;
}

function jobCard(job: Job, { isRetried, nowMs }: { readonly isRetried: boolean; readonly nowMs: number }): Markup {
  const { id, status, spec } = job;
  return html`<div class="job ${isRetried ? 'retried' : ''}"><a class="name" href="/jobs/${id}">${spec.name}</a>
<span class="dim">${durationText(jobDurationMs(job, nowMs))}</span>${stateBadge(status)}</div>`;
}

function title({ facts, commit }: PipelineRecord): string {
  return facts.name ?? commit.message.split('\n')[0] ?? '';
}
