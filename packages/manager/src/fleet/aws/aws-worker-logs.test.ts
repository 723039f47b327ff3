import { AwsControl, type AwsEmulator, startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamOf } from '../worker-logs.ts';
import { AwsWorkerLogs } from './aws-worker-logs.ts';

const taskArn = 'arn:aws:ecs:eu-central-1:000000000000:task/workers/0123abcd';
const place = { region: 'eu-central-1', group: '/ci/workers', prefix: 'worker' };
const stream = streamOf(place, { container: 'ci-coordinator', taskArn });

describe('logs of workers by the AWS SDK', () => {
  let emulator: AwsEmulator;
  let control: AwsControl;
  beforeAll(async () => {
    emulator = await startAwsEmulator({ worker: { kind: 'none' } }, { clock: systemClock, random: seededRandom(3) });
    control = new AwsControl(emulator.url);
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`);
    await control.putLogLines({ group: '/ci/workers', stream: 'worker/ci-coordinator/0123abcd', lines });
  });
  afterAll(() => emulator.close());

  const logs = (secretAccessKey = 'local') =>
    new AwsWorkerLogs({ clock: systemClock, endpoint: emulator.url, credentials: { accessKeyId: 'local', secretAccessKey } });
  const never = new AbortController().signal;

  it('are the last lines of the stream, which is named after prefix, container and task', async () => {
    expect(stream.stream).toBe('worker/ci-coordinator/0123abcd');
    expect(await logs().tail({ ...stream, lines: 3 }, never)).toEqual({ kind: 'lines', lines: ['line 38', 'line 39', 'line 40'] });
  });

  it('are none where there is no such stream', async () => {
    expect(await logs().tail({ ...stream, stream: 'worker/ci-coordinator/other', lines: 3 }, never)).toEqual({ kind: 'none' });
  });

  it('are denied without the permission, and unavailable to a forged signature', async () => {
    await control.deny(['logs:GetLogEvents']);
    expect(await logs().tail({ ...stream, lines: 3 }, never)).toMatchObject({
      kind: 'denied',
      cause: expect.stringContaining('AccessDenied'),
    });
    await control.deny([]);
    expect(await logs('guessed').tail({ ...stream, lines: 3 }, never)).toMatchObject({ kind: 'unavailable' });
  });
});
