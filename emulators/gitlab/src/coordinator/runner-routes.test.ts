import { expect, test } from 'vitest';
import { startRig } from '../rig.test-double.ts';
import { PoliteRunner } from './polite-runner.test-double.ts';

test('53 verify without token is a 400, with an unknown one a 403, with the right one the runner', async () => {
  await using rig = await startRig();
  expect((await rig.runner.verify({ token: undefined })).status).toBe(400);
  expect((await rig.runner.verify({ token: 'glrt-unknown' })).status).toBe(403);
  const answer = await rig.runner.verify();
  expect([answer.status, await answer.json()]).toEqual([200, { id: 1, token: expect.stringMatching(/^glrt-/), token_expires_at: null }]);
});

test('69 deleting a manager removes only that one; an unknown one is a 404', async () => {
  await using rig = await startRig();
  await rig.runner.verify();
  await rig.runner.verify({ system_id: 'r_abcdefghijkl' });
  expect((await rig.runner.deleteManager('r_abcdefghijkl')).status).toBe(204);
  expect((await rig.runner.deleteManager('r_abcdefghijkl')).status).toBe(404);
  const [runner] = await rig.gitlab.control.runners();
  expect(runner?.managers.map(({ systemId }) => systemId)).toEqual([rig.runner.systemId]);
});

test('69 after a reset the old token is refused at once and the new one works', async () => {
  await using rig = await startRig();
  const { token } = JSON.parse(await (await rig.runner.reset()).text());
  expect((await rig.runner.request()).status).toBe(403);
  expect((await new PoliteRunner(rig.gitlab.url, token).request()).status).toBe(204);
});

test('the job router is not enabled', async () => {
  await using rig = await startRig();
  const [runner] = await rig.gitlab.control.runners();
  const ask = (token: string) => fetch(`${rig.gitlab.url}/api/v4/runners/router/discovery`, { headers: { 'runner-token': token } });
  expect([(await ask(runner?.token ?? '')).status, (await ask('glrt-unknown')).status]).toEqual([501, 403]);
});
