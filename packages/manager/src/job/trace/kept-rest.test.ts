import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { TraceVerdict } from '../../coordinator/coordinator.ts';
import { type Chunk, chunkName, encodeChunk } from './chunk.ts';
import type { MemorySink } from './memory-sink.test-double.ts';
import { passing, rig } from './trace-rig.test-double.ts';

const text = (chunks: readonly Chunk[]) => chunks.map(({ bytes }) => Buffer.from(bytes).toString());

/** Keeps the rest beside the sink, where it is looked for first. */
function beside(sink: MemorySink) {
  const fetch = sink.fetch.bind(sink);
  const rest: Chunk[] = [];
  sink.fetch = async (name) => {
    const chunk = rest.find(({ traceFrom }) => chunkName(traceFrom) === name);
    return chunk ? encodeChunk(chunk) : fetch(name);
  };
  return { rest, keep: async (chunk: Chunk | undefined) => void (chunk && rest.push(chunk)) };
}

describe('the rest of a log', () => {
  test('is what was kept and has not arrived, and what was never kept', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    const { rest, keep } = beside(sink);
    const running = sender.run(stop.signal);
    trace.say(undefined, 'arrived\n');
    await clock.advance(3000);
    gitlab.answerPatches(() => ({ kind: 'failed', cause: 'HTTP 500' }));
    trace.say(undefined, 'kept\n');
    await clock.advance(3000);
    trace.say(undefined, 'never kept\n');
    await sender.keepRest(keep);
    expect(text(rest)).toEqual(['kept\nnever kept\n']);
    await passing(clock, sender.finish({ state: 'success' }, stop.signal));
    await running;
    expect(gitlab.trace.toString()).toBe('arrived\nkept\nnever kept\n');
    expect(gitlab.updates.at(-1)?.output).toEqual({ bytesize: gitlab.trace.length, checksum: crc32(gitlab.trace) });
    expect(sink.names).toHaveLength(2);
  });

  test('stays in the sink when what comes before it can not be had', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    const { rest, keep } = beside(sink);
    const running = sender.run(stop.signal);
    gitlab.answerPatches(...Array.from({ length: 10 }, () => () => ({ kind: 'failed' as const, cause: 'HTTP 500' })));
    trace.say(undefined, 'lost\n');
    await clock.advance(3000);
    stop.abort();
    await running;
    const next = rig({ clock, gitlab, sink, trace, sender, told: [], stop });
    next.trace.say(undefined, 'the end\n');
    sink.lose(sink.names[0] ?? '');
    await next.sender.keepRest(keep);
    expect(rest).toEqual([]);
    await passing(clock, next.sender.finish({ state: 'success' }, next.stop.signal));
    expect(gitlab.trace.toString()).toBe(`${' '.repeat(4)}\nthe end\n`);
  });

  test.each(['while it is kept', 'before', 'after'])(
    'goes behind what GitLab turns out to have beyond what is known (%s)',
    async (when) => {
      const { clock, gitlab, sink, trace, sender, told, stop } = rig();
      const { rest, keep } = beside(sink);
      const stored = Buffer.from(`${'what a lost worker knew of\n'.repeat(4)}`);
      const running = sender.run(stop.signal);
      gitlab.answerPatches(() => ({ kind: 'failed', cause: 'HTTP 500' }));
      trace.say(undefined, 'known\n');
      await clock.advance(3000);
      gitlab.trace = stored;
      trace.say(undefined, 'the end\n');
      if (when === 'before') await clock.advance(30_000);
      await passing(
        clock,
        sender.keepRest(async (chunk) => {
          if (when === 'while it is kept') await clock.sleep(30_000);
          await keep(chunk);
        }),
      );
      await passing(clock, sender.finish({ state: 'failed' }, stop.signal));
      await running;
      expect(told).toEqual([`damaged: GitLab has ${stored.length} bytes of a trace of which 6 are known`]);
      expect(gitlab.trace.toString()).toBe(`${stored}the end\n`);
      expect(gitlab.updates.at(-1)?.output).toEqual({ bytesize: gitlab.trace.length });
      const kept = rest.map(({ traceFrom, traceTo }) => [traceFrom, traceTo]);
      const behind = [stored.length, gitlab.trace.length];
      expect(kept).toEqual(when === 'before' ? [] : [[0, 14], ...(when === 'after' ? [] : [behind])]);
      if (when === 'after') expect([sink.last?.traceFrom, sink.last?.traceTo]).toEqual(behind);
    },
  );

  test('goes behind the little more that GitLab has, and none of it counts as being there', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    const { keep } = beside(sink);
    const running = sender.run(stop.signal);
    trace.say(undefined, 'known\n');
    await clock.advance(3000);
    gitlab.trace = Buffer.concat([gitlab.trace, Buffer.from('lost\n')]);
    trace.say(undefined, 'the very end\n');
    await sender.keepRest(keep);
    await passing(clock, sender.finish({ state: 'failed' }, stop.signal));
    await running;
    expect(gitlab.trace.toString()).toBe('known\nlost\nthe very end\n');
    expect(gitlab.updates.at(-1)?.output).toEqual({ bytesize: gitlab.trace.length });
  });

  test.each([
    ['the answer to it was lost', (): TraceVerdict => ({ kind: 'failed', cause: 'reset' })],
    ['it was sent again below, and the first of these answers was lost', (again: () => TraceVerdict) => again()],
  ])('is sent once when %s', async (_what, answer) => {
    const { clock, gitlab, sink, trace, sender, told, stop } = rig();
    const { keep } = beside(sink);
    const running = sender.run(stop.signal);
    trace.say(undefined, 'the end\n');
    gitlab.answerPatches((patch) => {
      gitlab.append(patch);
      return answer(() => gitlab.append(patch));
    });
    await sender.keepRest(keep);
    await passing(clock, sender.finish({ state: 'success' }, stop.signal));
    await running;
    expect(gitlab.trace.toString()).toBe('the end\n');
    expect(gitlab.updates.at(-1)?.output).toEqual({ bytesize: gitlab.trace.length, checksum: crc32(gitlab.trace) });
    expect(told).toEqual([]);
  });

  test('is nothing when everything has arrived', async () => {
    const { clock, sink, trace, sender, stop } = rig();
    const { rest, keep } = beside(sink);
    const running = sender.run(stop.signal);
    trace.say(undefined, 'arrived\n');
    await clock.advance(3000);
    await sender.keepRest(keep);
    expect(rest).toEqual([]);
    stop.abort();
    await running;
  });

  test('is not sent before it is kept, and never when it could not be', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    const running = sender.run(stop.signal);
    trace.say(undefined, 'the end\n');
    const kept = sender.keepRest(async () => {
      await clock.sleep(60_000);
      throw new Error('another owner');
    });
    kept.catch(() => undefined);
    await clock.advance(100_000);
    await expect(kept).rejects.toThrow('another owner');
    expect([gitlab.patches, sink.names]).toEqual([[], []]);
    stop.abort();
    await running;
  });

  test('is entered once when the sink was about to keep a part of it', async () => {
    const { clock, gitlab, sink, trace, sender, stop } = rig();
    const { rest, keep } = beside(sink);
    const keepInSink = sink.keep.bind(sink);
    sink.keep = async (chunk) => {
      await clock.sleep(5000);
      return keepInSink(chunk);
    };
    const running = sender.run(stop.signal);
    trace.say(undefined, 'on its way\n');
    await clock.advance(4000);
    trace.say(undefined, 'the end\n');
    await sender.keepRest(keep);
    expect(text(rest)).toEqual(['on its way\nthe end\n']);
    await passing(clock, sender.finish({ state: 'success' }, stop.signal));
    await running;
    expect(gitlab.trace.toString()).toBe('on its way\nthe end\n');
    expect(gitlab.updates.at(-1)?.output).toEqual({ bytesize: gitlab.trace.length, checksum: crc32(gitlab.trace) });
  });
});
