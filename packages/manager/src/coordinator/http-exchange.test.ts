import { getEventListeners } from 'node:events';
import { seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { expect, it } from 'vitest';
import { GitlabApi } from './gitlab-api.ts';
import { RecordingServer } from './recording-server.test-double.ts';

it('requests leave nothing on the signal that might have ended them', async () => {
  await using server = await RecordingServer.open({ status: 200 });
  await using api = new GitlabApi(
    { url: server.url, systemId: 'r_0123456789ab', version: '1', revision: 'x' },
    { clock: systemClock, random: seededRandom(1) },
  );
  const { signal } = new AbortController();
  for (let turn = 0; turn < 3; turn++) {
    const answer = await api.stream({ method: 'GET', url: `${server.url}/x`, headers: {} }, signal);
    if (answer.kind === 'streamed') await answer.read();
    await api.send({ method: 'GET', path: 'x', headers: {} }, signal);
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
