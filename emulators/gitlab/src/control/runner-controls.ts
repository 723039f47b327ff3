import { CodedError } from '@fargate-gitlab-runner/kernel';
import { Hono } from 'hono';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { DEFAULT_RUNNER_RULES, type Runner, type RunnerRules } from '../coordinator/runner.ts';
import { controlBody } from './control-body.ts';
import { describeRunner } from './describe.ts';
import { unknownThing } from './unknown-thing.ts';
import { accessTokenSpec, projectSpec, type RunnerSpec, registrationTokenSpec, runnerSpec } from './views.ts';

/** What an administrator does with runners, projects and tokens. */
export function runnerControls(coordinator: Coordinator): Hono {
  const app = new Hono();
  const runnerOf = (id: string): Runner => {
    const runner = coordinator.runners.withId(Number(id));
    if (!runner) throw unknownThing('runner', id);
    return runner;
  };
  app.get('/runners', (c) => c.json(coordinator.runners.all.map(describeRunner)));
  app.post('/runners', async (c) => {
    const { token, ...spec } = await controlBody(c, runnerSpec);
    const rules = { ...DEFAULT_RUNNER_RULES, runUntagged: (spec.tags ?? []).length === 0, ...spec };
    return c.json(describeRunner(coordinator.runners.create(rules, token === undefined ? {} : { token })));
  });
  app.patch('/runners/:id', async (c) => {
    const runner = runnerOf(c.req.param('id'));
    const { token: _unchangeable, ...spec } = await controlBody(c, runnerSpec);
    runner.rules = changed(runner.rules, spec);
    runner.tick();
    return c.json(describeRunner(runner));
  });
  app.post('/runners/:id/expire', (c) => {
    const runner = runnerOf(c.req.param('id'));
    runner.tokenExpiresAt = coordinator.clock.now();
    return c.json(describeRunner(runner));
  });
  app.post('/projects', async (c) =>
    c.json(coordinator.addProject({ protectedRefs: [], readers: [], defaultBranch: 'main', ...(await controlBody(c, projectSpec)) })),
  );
  app.post('/registration-tokens', async (c) => {
    const { project } = await controlBody(c, registrationTokenSpec);
    return c.json({ token: coordinator.credentials.addRegistrationToken(project).token });
  });
  app.post('/access-tokens', async (c) => {
    const { scopes = ['api'] } = await controlBody(c, accessTokenSpec);
    return c.json({ token: coordinator.credentials.addAccessToken(scopes) });
  });
  return app;
}

function changed(rules: RunnerRules, spec: Omit<RunnerSpec, 'token'>): RunnerRules {
  const isGivenMore = spec.projects?.some((path) => !rules.projects?.includes(path)) === true;
  if (rules.locked && isGivenMore) {
    const given = spec.projects?.join(', ') ?? '';
    throw new CodedError({
      code: 'FR_GITLAB_EMULATOR_LOCKED',
      what: 'the runner is locked to its projects',
      given,
      cure: 'unlock it first',
    });
  }
  return { ...rules, ...spec };
}
