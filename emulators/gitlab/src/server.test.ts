import { seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { expect, test } from 'vitest';
import { startGitLabEmulator } from './server.ts';

test('a job goes from the queue to its end', async () => {
  await using gitlab = await startGitLabEmulator({}, { clock: systemClock, random: seededRandom(1) });
  const runner = await gitlab.control.createRunner({ tags: ['dev'], runUntagged: true });
  const job = await gitlab.control.enqueueJob({ script: ['echo hi'] });
  expect(job.stuck).toContain('no runner has been in touch');
  const answer = await fetch(`${gitlab.url}/api/v4/jobs/request`, { method: 'POST', body: JSON.stringify({ token: runner.token }) });
  expect(answer.status).toBe(201);

  const put = await fetch(`${gitlab.url}/api/v4/jobs/${job.id}`, {
    method: 'PUT',
    body: JSON.stringify({ token: job.token, state: 'running', output: {} }),
  });
  expect(put.status).toBe(200);
  const patch = await fetch(`${gitlab.url}/api/v4/jobs/${job.id}/trace`, {
    method: 'PATCH',
    body: 'hello',
    headers: { 'job-token': job.token, 'content-range': '0-4', 'content-type': 'text/plain' },
  });
  expect([patch.status, patch.headers.get('range')]).toEqual([202, '0-5']);
  await fetch(`${gitlab.url}/api/v4/jobs/${job.id}`, {
    method: 'PUT',
    body: JSON.stringify({ token: job.token, state: 'success', output: {} }),
  });
  expect((await gitlab.control.jobEnd(job.id)).status).toBe('success');
});
