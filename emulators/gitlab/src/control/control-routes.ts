import { CodedError } from '@fargate-gitlab-runner/kernel';
import { type Context, Hono } from 'hono';
import { fileAnswer } from '../artifacts/file-answer.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Job } from '../coordinator/job.ts';
import { object, oneOf, number, optional } from '../wire/shape.ts';
import { controlBody } from './control-body.ts';
import { describeEvent, describeJob, describePipeline } from './describe.ts';
import { type FaultQueue, fault } from './fault.ts';
import type { Outage } from './outage.ts';
import type { Recorder } from './recorder.ts';
import { runnerControls } from './runner-controls.ts';
import { enqueueJob, startPipeline } from './start-pipeline.ts';
import { unknownThing } from './unknown-thing.ts';
import { jobSpec, knobsSpec, outageSpec, pipelineSpec } from './views.ts';

/** Everything that control may look at and turn. */
export interface Controlled {
  readonly coordinator: Coordinator;
  readonly recorder: Recorder;
  readonly faults: FaultQueue;
  readonly outage: Outage;
}

/** Between two tries to have the address back. */
const COME_BACK_PAUSE_MS = 100;

const cancelSpec = object({ how: optional(oneOf(['graceful', 'force'])) });

/** The routes under `/_control`: GitLab's user interface and the test's levers. JSON in, JSON out; a bad request is a list of problems. */
export function controlRoutes(controlled: Controlled): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof CodedError) return c.json({ problems: error.problems }, 400);
    return c.json({ problems: [{ code: 'FR_GITLAB_EMULATOR_BUG', what: error.message }] }, 500);
  });
  app.route('/', runnerControls(controlled.coordinator));
  pipelineControls(app, controlled);
  jobControls(app, controlled);
  leverControls(app, controlled);
  return app;
}

function pipelineControls(app: Hono, { coordinator }: Controlled): void {
  app.post('/pipelines', async (c) => c.json(await startPipeline(coordinator, await controlBody(c, pipelineSpec))));
  app.get('/pipelines/:id', (c) => {
    const pipeline = coordinator.pipelines.get(Number(c.req.param('id')));
    if (!pipeline) throw unknownThing('pipeline', c.req.param('id'));
    return c.json(describePipeline(coordinator, pipeline));
  });
}

function jobControls(app: Hono, { coordinator }: Controlled): void {
  const jobOf = (id: string): Job => {
    const job = coordinator.jobs.withId(id);
    if (!job) throw unknownThing('job', id);
    return job;
  };
  app.get('/jobs', (c) => c.json(coordinator.jobs.all.map((job) => describeJob(coordinator, job))));
  app.post('/jobs', async (c) => c.json(describeJob(coordinator, await enqueueJob(coordinator, await controlBody(c, jobSpec)))));
  app.get('/jobs/:id', (c) => c.json(describeJob(coordinator, jobOf(c.req.param('id')))));
  app.get('/jobs/:id/trace', (c) => c.body(new Uint8Array(jobOf(c.req.param('id')).trace.bytes())));
  app.get('/jobs/:id/artifacts/:type', (c) => {
    const artifact = jobOf(c.req.param('id')).artifacts.ofType(c.req.param('type'));
    if (!artifact) throw unknownThing('artifact', c.req.param('type'));
    return fileAnswer(artifact, undefined);
  });
  app.post('/jobs/:id/erase', (c) => {
    const job = jobOf(c.req.param('id'));
    coordinator.erase(job);
    return c.json(describeJob(coordinator, job));
  });
  app.post('/jobs/:id/truncate', async (c) => {
    jobOf(c.req.param('id')).trace.truncate((await controlBody(c, object({ size: number }))).size);
    return c.json({});
  });
  app.post('/jobs/:id/cancel', async (c) => {
    const job = jobOf(c.req.param('id'));
    coordinator.cancel(job, (await controlBody(c, cancelSpec)).how ?? 'graceful');
    return c.json(describeJob(coordinator, job));
  });
  app.post('/jobs/:id/play', (c) => {
    const job = jobOf(c.req.param('id'));
    coordinator.pipelines.get(job.spec.pipelineId)?.play(job);
    return c.json(describeJob(coordinator, job));
  });
  app.post('/jobs/:id/retry', (c) => {
    const job = jobOf(c.req.param('id'));
    return c.json(describeJob(coordinator, coordinator.pipelines.get(job.spec.pipelineId)?.retry(job) ?? job));
  });
}

function leverControls(app: Hono, { coordinator, recorder, faults, outage }: Controlled): void {
  app.get('/events', (c) => eventStream(coordinator, c));
  app.get('/findings', (c) => c.json(coordinator.findings));
  app.get('/requests', (c) => c.json(recorder.all));
  app.post('/faults', async (c) => {
    faults.add(await controlBody(c, fault));
    return c.json({});
  });
  app.delete('/faults', (c) => {
    faults.clear();
    return c.json({});
  });
  app.patch('/knobs', async (c) => {
    Object.assign(coordinator.knobs, await controlBody(c, knobsSpec));
    return c.json(coordinator.knobs);
  });
  app.post('/down', async (c) => {
    const { how, forMs } = await controlBody(c, outageSpec);
    await outage.down(how);
    if (forMs !== undefined)
      coordinator.clock.sleep(forMs, coordinator.closing).then(
        () => comeBack(coordinator, outage),
        () => undefined,
      );
    return c.json({});
  });
  app.post('/up', async (c) => {
    await comeBack(coordinator, outage);
    return c.json({});
  });
}

/** Tries until it is back: a port that was given up may be another program's for a while. Never rejects. */
async function comeBack({ clock, closing }: Coordinator, outage: Outage): Promise<void> {
  while (!closing.aborted) {
    try {
      return await outage.up();
    } catch {
      await clock.sleep(COME_BACK_PAUSE_MS, closing).catch(() => undefined);
    }
  }
}

/** Newline-separated JSON: what happened after number `since`, then what happens. `kinds` and `job` narrow it. */
function eventStream({ events, closing }: Coordinator, c: Context): Response {
  const kinds = c.req.query('kinds')?.split(',');
  const jobId = c.req.query('job');
  const encoder = new TextEncoder();
  const following = events.follow(Number(c.req.query('since') ?? 0), AbortSignal.any([closing, c.req.raw.signal]));
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      for (;;) {
        const { value, done } = await following.next();
        if (done) return controller.close();
        const isWanted = (!kinds || kinds.includes(value.kind)) && (jobId === undefined || ('jobId' in value && value.jobId === jobId));
        if (isWanted) return controller.enqueue(encoder.encode(`${describeEvent(value)}\n`));
      }
    },
  });
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
}
