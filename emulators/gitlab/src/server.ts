import type { HttpBindings } from '@hono/node-server';
import { type Clock, type Random, Scope } from '@fargate-gitlab-runner/kernel';
import { Hono } from 'hono';
import { downloadRoute } from './artifacts/download-route.ts';
import { objectStorage } from './artifacts/object-storage.ts';
import { uploadRoute } from './artifacts/upload-route.ts';
import { type Controlled, controlRoutes } from './control/control-routes.ts';
import { FaultQueue } from './control/fault.ts';
import { GitLabControl } from './control/gitlab-control.ts';
import { observe } from './control/observe.ts';
import { Recorder } from './control/recorder.ts';
import { migrating } from './coordinator/api-answer.ts';
import { Coordinator } from './coordinator/coordinator.ts';
import { jobRequestRoute } from './coordinator/job-request-route.ts';
import { jobRoutes } from './coordinator/job-routes.ts';
import { runnerRoutes } from './coordinator/runner-routes.ts';
import { userRoutes } from './coordinator/user-routes.ts';
import { DEFAULT_SETTINGS, type EmulatorSettings } from './coordinator/settings.ts';
import { gitRoutes } from './git/git-routes.ts';
import { gitHttpBackend } from './git/http-backend.ts';
import { Listener } from './listener.ts';
import { viewRoutes } from './view/view-routes.ts';

/** A stand-in GitLab that listens. */
export interface GitLabEmulator extends AsyncDisposable {
  /** GitLab's own address: runner API, git, and control. No slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Control alone, at a port of its own that no outage touches. */
  readonly controlUrl: string;
  readonly control: GitLabControl;
  close(): Promise<void>;
}

/**
 * Starts a stand-in GitLab in this process: the runner API under `/api/v4`, git over HTTP at `/<project>.git`, levers under
 * `/_control`, pages for people at `/`. It judges its clients: see `control.findings()`. Needs the `git` program.
 */
export async function startGitLabEmulator(
  options: Partial<EmulatorSettings>,
  tools: { readonly clock: Clock; readonly random: Random },
): Promise<GitLabEmulator> {
  const settings = { ...DEFAULT_SETTINGS, ...options };
  const coordinator = new Coordinator(settings, tools);
  const recorder = new Recorder(settings.recordedRequests);
  const faults = new FaultQueue();
  const scope = new Scope();
  const app = new Hono<{ Bindings: HttpBindings }>();
  const listener = await Listener.open(app, settings);
  scope.defer('the main address', () => listener.close());
  coordinator.url = listener.url;
  const control = controlApp({ coordinator, recorder, faults, outage: listener });
  const controlListener = await Listener.open(control, { host: settings.host, port: 0 });
  scope.defer('the control address', () => controlListener.close());
  const storage = await Listener.open(objectStorage(coordinator), { host: settings.host, port: 0 });
  coordinator.artifacts.url = storage.url;
  scope.defer('artifacts', () => coordinator.artifacts.close());
  scope.defer('the object storage', () => storage.close());
  app.route('/', control);
  app.route('/', viewRoutes(coordinator));
  app.use('*', observe(coordinator, { recorder, faults }));
  app.use('/api/v4/*', async (_c, next) => (coordinator.knobs.isMigrating ? migrating() : next()));
  const api = [runnerRoutes, userRoutes, jobRequestRoute, jobRoutes, uploadRoute, downloadRoute];
  for (const routes of api) app.route('/api/v4', routes(coordinator));
  app.route('/', gitRoutes(coordinator, await gitHttpBackend()));
  scope.defer('what waits', () => coordinator.close());
  return {
    url: listener.url,
    port: listener.port,
    controlUrl: controlListener.url,
    control: new GitLabControl(controlListener.url),
    close: () => scope.close(),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

function controlApp(controlled: Controlled): Hono {
  return new Hono().route('/_control', controlRoutes(controlled));
}
