import { html } from 'hono/html';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Job } from '../coordinator/job.ts';
import { jobDurationMs } from './pipeline-pages.ts';
import { durationText, type Markup, page, stateBadge } from './page.ts';
import { traceMarkup } from './trace-markup.ts';

const LIVE_SECONDS = 3;

/** `/jobs/:id`: what a job is and what it has said. Whoever looks at it is watching, which makes runners report more often. */
export function jobPage(coordinator: Coordinator, job: Job): Promise<Response> {
  job.watchedAt = coordinator.clock.monotonic();
  const { id, spec, trace, isErased, isFinished } = job;
  const log =
    trace.size > 0 ? traceMarkup(trace.bytes()) : html`<p class="dim">${isErased ? 'This job was erased.' : 'Nothing was said yet.'}</p>`;
  const main = html`<p>${stateBadge(job.status)} <a href="/pipelines/${spec.pipelineId}">pipeline #${spec.pipelineId}</a> · <a href="/jobs/${id}/raw">raw log</a></p>
<dl>${facts(coordinator, job).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>${artifacts(job)}${log}`;
  return page({ title: spec.name, main, ...(isFinished ? {} : { refreshSeconds: LIVE_SECONDS }) });
}

function facts(coordinator: Coordinator, job: Job): readonly (readonly [name: string, value: string])[] {
  const { spec, end, assignment } = job;
  const runner = assignment && coordinator.runners.withId(assignment.runnerId);
  const all = {
    Stage: spec.stage,
    Tags: spec.tags.join(', '),
    Runner: assignment ? `${runner?.rules.description ?? `runner ${assignment.runnerId}`} (${assignment.systemId})` : '',
    Duration: durationText(jobDurationMs(job, coordinator.clock.now())),
    Failure: end.failureReason ?? '',
    'Exit code': end.exitCode === undefined ? '' : String(end.exitCode),
    Waiting: coordinator.stuckReason(job) ?? '',
  };
  return Object.entries(all).filter(([, value]) => value !== '');
}

function artifacts({ id, artifacts: { all } }: Job): Markup | '' {
  if (all.length === 0) return '';
  const rows = all.map(
    ({ type, filename, size }) =>
      html`<tr><td><a href="/jobs/${id}/artifacts/${type}">${filename}</a></td><td>${type}</td><td>${size} bytes</td></tr>`,
  );
  return html`<table><thead><tr><th>Artifact</th><th>Type</th><th>Size</th></tr></thead><tbody>${rows}</tbody></table><br>`;
}
