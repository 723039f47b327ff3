import { html } from 'hono/html';
import { type Context, Hono } from 'hono';
import { fileAnswer } from '../artifacts/file-answer.ts';
import { describeJob, describePipeline } from '../control/describe.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Job } from '../coordinator/job.ts';
import type { PipelineRecord } from '../coordinator/pipeline-record.ts';
import { jobPage } from './job-page.ts';
import { page } from './page.ts';
import { pipelinePage, pipelinesPage } from './pipeline-pages.ts';

/**
 * What a person looks at: `/`, `/pipelines/:id`, `/jobs/:id`, `/jobs/:id/raw` and artifacts. The first three are JSON, the shapes that
 * control has, for who prefers that (`Accept: application/json`) and always under `/_view`. Tokens are in neither.
 */
export function viewRoutes(coordinator: Coordinator): Hono {
  const app = new Hono();
  for (const under of ['', '/_view'] as const) {
    app.get(`${under}/`, async (c) => (wantsJson(c) ? c.json(allPipelines(coordinator)) : pipelinesPage(coordinator)));
    app.get(`${under}/pipelines/:id{[0-9]+}`, async (c) => {
      const pipeline = coordinator.pipelines.get(Number(c.req.param('id')));
      if (!pipeline) return missing('pipeline');
      return wantsJson(c) ? c.json(withoutTokens(coordinator, pipeline)) : pipelinePage(coordinator, pipeline);
    });
    app.get(`${under}/jobs/:id{[0-9]+}`, async (c) => {
      const job = coordinator.jobs.withId(c.req.param('id'));
      if (!job) return missing('job');
      return wantsJson(c) ? c.json(withoutToken(coordinator, job)) : jobPage(coordinator, job);
    });
  }
  app.get('/_view', (c) => c.json(allPipelines(coordinator)));
  app.get('/jobs/:id{[0-9]+}/raw', async (c) => {
    const job = coordinator.jobs.withId(c.req.param('id'));
    return job ? new Response(new Uint8Array(job.trace.bytes()), { headers: PLAIN_TEXT }) : missing('job');
  });
  app.get('/jobs/:id{[0-9]+}/artifacts/:type', async (c) => {
    const artifact = coordinator.jobs.withId(c.req.param('id'))?.artifacts.ofType(c.req.param('type'));
    if (!artifact) return missing('artifact');
    const answer = fileAnswer(artifact, undefined);
    answer.headers.set('x-content-type-options', 'nosniff');
    return answer;
  });
  return app;
}

const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

function wantsJson(c: Context): boolean {
  const accept = c.req.header('accept') ?? '';
  return c.req.path.startsWith('/_view') || (accept.includes('application/json') && !accept.includes('text/html'));
}

function missing(what: string): Promise<Response> {
  return page({ title: 'Not found', main: html`<p>There is no such ${what}.</p>`, status: 404 });
}

function allPipelines(coordinator: Coordinator): readonly object[] {
  return [...coordinator.pipelines.values()].map((pipeline) => withoutTokens(coordinator, pipeline));
}

function withoutTokens(coordinator: Coordinator, pipeline: PipelineRecord): object {
  const { jobs: _withTokens, ...facts } = describePipeline(coordinator, pipeline);
  return { ...facts, jobs: pipeline.jobs.map((job) => withoutToken(coordinator, job)) };
}

/** The bodies of updates hold the job token, too. */
function withoutToken(coordinator: Coordinator, job: Job): object {
  const { token: _token, updates, ...facts } = describeJob(coordinator, job);
  return { ...facts, updates: updates.map(({ body: _body, ...update }) => update) };
}
