import { expect, it } from 'vitest';
import { wordsOf } from './manager-words.ts';

const said = (...lines: readonly Readonly<Record<string, string>>[]) => ({
  events: async () => lines.map((line) => new Map(Object.entries(line))),
});

it('what managers said of a job is gathered by its id, whichever of them said it', async () => {
  const words = await wordsOf([
    said({ event: 'store.failed', operation: 'recording job 7', cause: 'SlowDown' }, { event: 'store.failed', operation: 'heartbeat' }),
    said({ event: 'job.unannounced', jobId: '7', cause: '503' }, { event: 'job.accepted', jobId: '8' }),
  ]);
  expect([...words]).toEqual([['7', { unrecordable: 'SlowDown', unannounced: '503' }]]);
});
