import { once } from 'node:events';
import { createServer } from 'node:net';
import { seededRandom } from '@fargate-gitlab-runner/kernel';
import { expect, it } from 'vitest';
import { lastingPort } from './lasting-port.ts';

it('is a port that nobody has, and another one where somebody listens on the first that is drawn', async () => {
  const first = await lastingPort(seededRandom(1));
  expect(first).toBeGreaterThanOrEqual(10_000);
  expect(first).toBeLessThan(32_000);
  const holder = createServer().listen(first, '127.0.0.1');
  await once(holder, 'listening');
  expect(await lastingPort(seededRandom(1))).not.toBe(first);
  holder.close();
});
