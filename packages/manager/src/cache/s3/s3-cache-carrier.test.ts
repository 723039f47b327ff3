import { expect, it } from 'vitest';
import { RecordingServer } from '../../coordinator/recording-server.test-double.ts';
import { S3CacheCarrier } from './s3-cache-carrier.ts';

const never = new AbortController().signal;

it.each([
  [429, 'again'],
  [503, 'again'],
  [500, 'again'],
  [403, 'refused'],
  [404, 'absent'],
] as const)('what a store answers with %i is %s, both ways', async (status, kind) => {
  await using server = await RecordingServer.open({ status });
  const link = { url: server.url, headers: [] };
  const carrier = new S3CacheCarrier();
  const read = await carrier.read(link, async () => undefined, never);
  const content = (async function* () {
    yield Buffer.from('x');
  })();
  const written = await carrier.write(link, { bytes: 1, content }, never);
  expect([read.kind, written.kind]).toEqual([kind, kind]);
});
