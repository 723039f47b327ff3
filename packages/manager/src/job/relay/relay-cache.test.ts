import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { CacheCarrier } from '../../cache/cache-carrier.ts';
import type { CacheLinks } from '../../shell/cache/cache-links.ts';
import { openLine } from '../worker/open-line.test-double.ts';
import { WorkerLink } from '../worker/worker-link.ts';
import { relayCache } from './relay-cache.ts';

const never = new AbortController().signal;
const LINKS: CacheLinks = { kind: 'links', links: new Map([['key', { url: 'https://s3.invalid/key', headers: [] }]]) };

async function* pieces(...sizes: number[]): AsyncIterable<Uint8Array> {
  for (const size of sizes) yield Buffer.alloc(size);
}

/** A worker whose archive has 3000 bytes; the first try to move it is cut off after 1000 bytes. */
function relay(links: CacheLinks = LINKS, hasCarrier = true) {
  let tries = 0;
  const carrier: CacheCarrier = {
    read: async (_link, take) => {
      await take(tries++ === 0 ? pieces(1000) : pieces(1000, 2000));
      return tries === 1 ? { kind: 'again', cause: 'reset' } : { kind: 'done' };
    },
    write: async (_link, { content }) => {
      for await (const piece of content) if (tries++ === 0 && piece.length > 0) return { kind: 'again', cause: 'reset' };
      return { kind: 'done' };
    },
  };
  const clock = new ManualClock();
  const line = openLine({
    pipe: async ({ input, onBytes }) => {
      for await (const piece of input ?? []) void piece;
      for (const size of input ? [] : [1000, 2000]) await onBytes?.(Buffer.alloc(size));
      return { kind: 'ok', code: 0, words: '' };
    },
  });
  const link = new WorkerLink(line, { jobId: '1', clock, open: async () => line });
  const room = { clock, link, links, archive: '/tmp/archive', ...(hasCarrier && { carrier }) };
  return async (direction: 'upload' | 'download', name: string) => {
    const answer = relayCache(room, { id: '1', direction, entry: 0, name, isAgain: false }, never);
    await clock.advance(10_000);
    return { ...(await answer), tries };
  };
}

describe('what is told of a cache that went through the manager', () => {
  it('is how much did, whatever size the worker names', async () => {
    expect(await relay()('upload', '9000000')).toMatchObject({ isDone: true, bytes: 3000 });
    expect(await relay()('download', '0')).toMatchObject({ isDone: true, bytes: 3000 });
  });

  it.each(['-5', '1e9', '', 'default', '12345678901234567'])('is nothing where it names none (%s): nothing is sent', async (name) => {
    const { isDone, bytes, lines, tries } = await relay()('upload', name);
    expect([isDone, bytes, tries]).toEqual([false, 0, 0]);
    expect(lines.join()).toContain('there is no such cache');
  });
});

describe('a stage that asks for a cache which the manager can not reach any more', () => {
  it.each<readonly [CacheLinks, boolean, string]>([
    [{ kind: 'unreachable', cause: 'no credentials' }, true, 'the cache can not be reached: no credentials'],
    [{ kind: 'none' }, false, 'there is no such cache'],
    [LINKS, false, 'there is no such cache'],
  ])('is answered all the same (%j)', async (links, hasCarrier, words) => {
    const { isDone, lines } = await relay(links, hasCarrier)('download', '0');
    expect([isDone, lines.join()]).toEqual([false, expect.stringContaining(words)]);
  });
});
