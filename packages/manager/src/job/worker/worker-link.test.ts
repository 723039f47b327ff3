import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { expect, it } from 'vitest';
import { openLine } from './open-line.test-double.ts';
import { WorkerLink } from './worker-link.ts';

it('a worker that could not take once that it has a manager is told again', async () => {
  const clock = new ManualClock();
  const answers = [{ kind: 'broken', cause: 'no space left on device' } as const];
  let renewals = 0;
  const line = openLine({
    renew: async () => {
      renewals++;
      return answers.shift() ?? { kind: 'ok' };
    },
  });
  const link = new WorkerLink(line, { jobId: '1', clock, open: async () => line });
  const told: string[] = [];
  const stop = new AbortController();
  const renewing = link.keepRenewed({ everyMs: 60_000, onBroken: ({ message }) => void told.push(message) }, stop.signal);
  renewing.catch(() => undefined);
  await clock.advance(180_000);
  expect([renewals, told]).toEqual([3, ['no space left on device']]);
  stop.abort(new Error('enough'));
  await expect(renewing).rejects.toThrow('enough');
});
