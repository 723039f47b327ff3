import { expect, test } from 'vitest';
import { type Rig, startManualRig, startRig } from '../rig.test-double.ts';
import { PoliteRunner } from './polite-runner.test-double.ts';

async function findings(rig: Rig): Promise<readonly string[]> {
  return (await rig.gitlab.control.findings()).map(({ rule }) => rule);
}

async function json(answer: Response): Promise<{ readonly token: string; readonly token_expires_at?: string | null }> {
  return JSON.parse(await answer.text());
}

test('53 a registration token makes a runner with a token of its own, by the rules that were asked for', async () => {
  await using rig = await startRig();
  const token = await rig.gitlab.control.createRegistrationToken();
  const wanted = {
    description: 'mine',
    tag_list: 'dev, tool1,,dev',
    maximum_timeout: 900,
    access_level: 'ref_protected',
    maintenance_note: 'n',
  };
  const answer = await rig.runner.register({ token, ...wanted });
  const issued = await json(answer);
  expect([answer.status, issued]).toEqual([201, { id: 2, token: expect.stringMatching(/^glrtr-/), token_expires_at: null }]);
  expect((await rig.gitlab.control.runners())[1]).toMatchObject({
    description: 'mine',
    tags: ['dev', 'tool1'],
    runUntagged: true,
    locked: true,
    paused: false,
    maximumTimeout: 900,
    accessLevel: 'ref_protected',
    maintenanceNote: 'n',
  });
  expect(await findings(rig)).toEqual([]);
  expect((await new PoliteRunner(rig.gitlab.url, issued.token).verify()).status).toBe(200);
});

test('53 registration without token is a 400, with a wrong one a 403, and with a runner token too', async () => {
  await using rig = await startRig();
  const [runner] = await rig.gitlab.control.runners();
  const answers = [
    await rig.runner.register({}),
    await rig.runner.register({ token: 'GR1348941x' }),
    await rig.runner.register({ token: runner?.token }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 403, 403]);
});

test.each([
  [{ active: true, paused: false }, { error: 'active, paused are mutually exclusive' }],
  [{ maintainer_note: 'a', maintenance_note: 'b' }, { error: 'maintainer_note, maintenance_note are mutually exclusive' }],
  [{ access_level: 'all' }, { error: 'access_level does not have a valid value' }],
  [{ locked: 'maybe' }, { error: 'locked is invalid' }],
  [{ maximum_timeout: 599 }, { message: { maximum_timeout: ['needs to be at least 10 minutes'] } }],
  [{ run_untagged: false }, { message: { tags_list: ['can not be empty when runner is not allowed to pick untagged jobs'] } }],
  [{ maintenance_note: 'x'.repeat(1025) }, { message: { maintenance_note: ['is too long (maximum is 1024 characters)'] } }],
  [
    { tag_list: Array.from({ length: 51 }, (_, each) => `t${each}`) },
    { message: { tags_list: ['Too many tags specified. Please limit the number of tags to 50'] } },
  ],
])('53 a registration with %j is a 400', async (fields, body) => {
  await using rig = await startRig();
  const answer = await rig.runner.register({ token: await rig.gitlab.control.createRegistrationToken(), ...fields });
  expect([answer.status, await answer.json()]).toEqual([400, body]);
});

test('53 a GitLab that allows no registration answers 410 with a reason', async () => {
  await using rig = await startRig();
  const token = await rig.gitlab.control.createRegistrationToken();
  await rig.gitlab.control.turn({ isRegistrationAllowed: false });
  const answer = await rig.runner.register({ token });
  expect([answer.status, await answer.json()]).toEqual([410, { message: '410 Gone', reason: 'runner registration disallowed' }]);
});

test('53 a personal access token with the right scope creates a runner of each type', async () => {
  await using rig = await startRig();
  await rig.gitlab.control.createProject({ path: 'acme/demo', repository: '/nowhere' });
  const token = await rig.gitlab.control.createAccessToken({ scopes: ['create_runner'] });
  const create = (body: object) => rig.runner.asPerson(token, '/user/runners', body);
  const prefixes = [];
  for (const body of [
    { runner_type: 'instance_type' },
    { runner_type: 'group_type', group_id: 1 },
    { runner_type: 'project_type', project_id: 1 },
  ]) {
    const answer = await create({ tag_list: ['dev'], ...body });
    prefixes.push([answer.status, (await json(answer)).token.slice(0, 8)]);
  }
  expect(prefixes).toEqual([
    [201, 'glrt-t1_'],
    [201, 'glrt-t2_'],
    [201, 'glrt-t3_'],
  ]);
  expect((await rig.gitlab.control.runners())[3]).toMatchObject({ projects: ['acme/demo'], tags: ['dev'] });
  const refused = [await create({}), await create({ runner_type: 'x' }), await create({ runner_type: 'group_type' })];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect((await create({ runner_type: 'project_type', project_id: 9 })).status).toBe(403);
});

test('53 without a personal access token it is a 401, without the scope a 403', async () => {
  await using rig = await startRig();
  const weak = await rig.gitlab.control.createAccessToken({ scopes: ['read_api'] });
  const body = { runner_type: 'instance_type' };
  const answers = [
    await rig.runner.asPerson('glpat-unknown', '/user/runners', body),
    await rig.runner.asPerson(weak, '/user/runners', body),
    await rig.runner.asPerson(weak, '/runners/1/reset_authentication_token', null),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 403, 403]);
});

test('69 a person resets the token of a runner by its id', async () => {
  await using rig = await startRig();
  const token = await rig.gitlab.control.createAccessToken();
  const answer = await rig.runner.asPerson(token, '/runners/1/reset_authentication_token', null);
  const issued = await json(answer);
  expect([answer.status, issued]).toEqual([201, { token: expect.stringMatching(/^glrt-t1_/) }]);
  expect((await rig.runner.request()).status).toBe(403);
  expect((await new PoliteRunner(rig.gitlab.url, issued.token).request()).status).toBe(204);
  expect((await rig.runner.asPerson(token, '/runners/77/reset_authentication_token', {})).status).toBe(404);
});

test('69 a token that expires works until then; a reset before gives a new one with an expiry of its own', async () => {
  await using rig = await startManualRig({ tokenLifetimeSeconds: 1000 });
  const before = await json(await rig.runner.verify());
  expect(before.token_expires_at).toBe(new Date(rig.clock.now() + 1_000_000).toISOString());
  await rig.clock.advance(750_000);
  const { token, token_expires_at: expiresAt } = await json(await rig.runner.reset());
  expect(expiresAt).toBe(new Date(rig.clock.now() + 1_000_000).toISOString());
  const renewed = new PoliteRunner(rig.gitlab.url, token);
  await rig.clock.advance(999_000);
  expect([(await rig.runner.request()).status, (await renewed.request()).status]).toEqual([403, 204]);
  await rig.clock.advance(1000);
  expect([(await renewed.verify()).status, (await renewed.reset()).status]).toEqual([403, 403]);
});

test('69 a token can be made to expire at once', async () => {
  await using rig = await startRig();
  await rig.gitlab.control.expireToken(1);
  expect((await rig.runner.request()).status).toBe(403);
});

test('69 deleting the runner ends its token, for all of its managers', async () => {
  await using rig = await startRig();
  await rig.runner.verify();
  expect([(await rig.runner.unregister()).status, (await rig.runner.unregister()).status]).toEqual([204, 403]);
  expect((await rig.runner.request()).status).toBe(403);
  expect(await rig.gitlab.control.runners()).toEqual([]);
});

test('69 deleting a manager without saying which is a 400', async () => {
  await using rig = await startRig();
  expect((await rig.runner.deleteManager(undefined)).status).toBe(400);
});

test('53 a runner without a project is orphaned: 422', async () => {
  await using rig = await startRig({}, { projects: [] });
  expect([(await rig.runner.verify()).status, (await rig.runner.request()).status, (await rig.runner.reset()).status]).toEqual([
    422, 422, 422,
  ]);
});

test('54 a runner of a project takes no job of another, and gets no other project while it is locked', async () => {
  await using rig = await startRig({}, { projects: ['acme/demo'], locked: true });
  await rig.gitlab.control.enqueueJob();
  expect((await rig.runner.request()).status).toBe(204);
  await expect(rig.gitlab.control.changeRunner(1, { projects: ['acme/demo', 'acme/other'] })).rejects.toThrow('locked');
  await rig.gitlab.control.changeRunner(1, { locked: false });
  expect((await rig.gitlab.control.changeRunner(1, { projects: ['acme/demo', 'acme/other'] })).projects).toHaveLength(2);
});

test('54 a protected runner takes only jobs of protected refs', async () => {
  await using rig = await startRig({}, { accessLevel: 'ref_protected' });
  await rig.gitlab.control.enqueueJob({ isProtected: false });
  expect((await rig.runner.request()).status).toBe(204);
  await rig.gitlab.control.enqueueJob({ isProtected: true });
  const answer = await rig.runner.request();
  expect([answer.status, JSON.parse(await answer.text()).git_info.protected]).toEqual([201, true]);
});

test('70 while the database is migrated every endpoint of runners is a 429 with Retry-After', async () => {
  await using rig = await startRig();
  const job = await rig.runningJob();
  await rig.gitlab.control.turn({ isMigrating: true });
  const answers = [await rig.runner.verify(), await rig.runner.request(), await rig.runner.put(job, { state: 'running' })];
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(Array(3).fill([429, '60']));
});

test.each([
  ['token-header', { 'runner-token': 'other' }, {}],
  ['content-type', { 'content-type': 'text/json' }, {}],
  ['accept', { accept: '*/*' }, {}],
  ['info', {}, { info: undefined }],
] as const)('a registration with a wrong %s is found', async (rule, headers, fields) => {
  await using rig = await startRig();
  await rig.runner.register({ token: 'x', ...fields }, headers);
  expect(await findings(rig)).toEqual([rule]);
});

test('a reset with RUNNER-TOKEN is found: the token belongs into the body alone', async () => {
  await using rig = await startRig();
  const headers = { 'runner-token': 'x', 'content-type': 'application/json', accept: 'application/json' };
  await rig.runner.send('POST', '/runners/reset_authentication_token', { headers, body: '{"token":"x"}' });
  expect(await findings(rig)).toEqual(['token-header']);
});
