import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { aJob, anUpdate, aRunner, never, startRig } from './coordinator-rig.test-double.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';
import { RecordingServer } from './recording-server.test-double.ts';

const patch = { from: 0, bytes: Buffer.from('hello'), isDebug: false };

describe('retries', () => {
  it.each([408, 429, 500, 502, 503, 504, 512, 599])('9: %i is tried five times', async (status) => {
    await using rig = await startRig({ status });
    expect(await rig.coordinator.request(aRunner, { isLongPoll: true }, never)).toMatchObject({ kind: 'unavailable' });
    expect(rig.server.calls).toHaveLength(5);
  });

  it.each([400, 401, 403, 404, 409, 412, 413, 416, 422, 501, 505, 511])('9: %i is tried once', async (status) => {
    await using rig = await startRig({ status });
    await rig.coordinator.patchTrace(aJob, patch, never);
    expect(rig.server.calls).toHaveLength(1);
  });

  it('9: stops as soon as it works', async () => {
    await using rig = await startRig({ status: 503 }, { status: 200 });
    expect(await rig.coordinator.update(aJob, anUpdate, never)).toMatchObject({ kind: 'accepted' });
    expect(rig.server.calls).toHaveLength(2);
  });

  it('9: a refused connection is tried once', async () => {
    const gone = await RecordingServer.open();
    const settings = { url: gone.url, systemId: 'r_0123456789ab', version: '1', revision: 'x' };
    await gone[Symbol.asyncDispose]();
    await using rig = await startRig();
    await using coordinator = new HttpCoordinator(new GitlabApi(settings, { clock: rig.clock, random: seededRandom(3) }));
    expect(await coordinator.request(aRunner, { isLongPoll: true }, never)).toMatchObject({
      kind: 'unavailable',
      cause: expect.stringContaining('ECONNREFUSED'),
    });
    expect(rig.clock.sleeps).toEqual([]);
  });

  it('10: backs off from 100 ms, doubling, with jitter', async () => {
    await using rig = await startRig({ status: 500 });
    await rig.coordinator.verify(aRunner, never);
    expect(rig.clock.sleeps).toHaveLength(4);
    for (const [index, most] of [100, 200, 400, 800].entries()) {
      expect(rig.clock.sleeps[index]).toBeGreaterThanOrEqual(100);
      expect(rig.clock.sleeps[index]).toBeLessThanOrEqual(most);
    }
  });

  it('10: waits as long as GitLab says', async () => {
    await using rig = await startRig(
      { status: 429, headers: { 'Retry-After': '7' } },
      { status: 429, headers: { 'Retry-After': '7', 'RateLimit-ResetTime': 'Thu, 01 Jan 2026 00:00:20 GMT' } },
      { status: 204 },
    );
    expect(await rig.coordinator.request(aRunner, { isLongPoll: true }, never)).toEqual({ kind: 'none' });
    expect(rig.clock.sleeps).toEqual([7000, 20_000]);
  });

  it('10: a wait ends with the signal', async () => {
    await using server = await RecordingServer.open({ status: 429, headers: { 'Retry-After': '60' } });
    const settings = { url: server.url, systemId: 'r_0123456789ab', version: '1', revision: 'x' };
    const clock = new ManualClock();
    await using coordinator = new HttpCoordinator(new GitlabApi(settings, { clock, random: seededRandom(4) }));
    const leaving = new AbortController();
    const asked = coordinator.verify(aRunner, leaving.signal);
    await server.received(1);
    leaving.abort(new Error('leaving'));
    await expect(asked).rejects.toThrow('leaving');
    expect([clock.sleeping, server.calls.length]).toEqual([0, 1]);
  });

  it('11: every try has the same body', async () => {
    await using rig = await startRig({ status: 500 });
    await rig.coordinator.patchTrace(aJob, patch, never);
    await rig.coordinator.update(aJob, { state: 'success', output: { checksum: 1, bytesize: 5 } }, never);
    const bodies = rig.server.calls.map(({ body }) => body.toString());
    expect(new Set(bodies.slice(0, 5))).toEqual(new Set(['hello']));
    expect(new Set(bodies.slice(5)).size).toBe(1);
  });

  it('20: a chunk that was stored although the answer failed ends as a rewind', async () => {
    await using rig = await startRig({ status: 502 }, { status: 416, headers: { Range: '0-5' } });
    expect(await rig.coordinator.patchTrace(aJob, patch, never)).toEqual({ kind: 'rewind', to: 5 });
  });
});

/** A connection is free for the next request one turn of the event loop after the answer has come. */
async function freed(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('connections', () => {
  it('are kept and used again', async () => {
    await using rig = await startRig({ status: 202, body: '202' });
    for (let piece = 0; piece < 3; piece++) {
      await rig.coordinator.patchTrace(aJob, patch, never);
      await freed();
    }
    expect(rig.server.calls.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  it('that die idle under a request are replaced once', async () => {
    await using rig = await startRig({ status: 202 }, { cut: 'before' }, { status: 202 });
    await rig.coordinator.patchTrace(aJob, patch, never);
    await freed();
    expect(await rig.coordinator.patchTrace(aJob, patch, never)).toMatchObject({ kind: 'accepted' });
    expect(rig.server.calls.map(({ connection }) => connection)).toEqual([1, 1, 2]);
    expect(rig.clock.sleeps).toEqual([]);
  });

  it('that die twice are an outcome', async () => {
    await using rig = await startRig({ status: 202 }, { cut: 'before' });
    await rig.coordinator.patchTrace(aJob, patch, never);
    await freed();
    expect(await rig.coordinator.patchTrace(aJob, patch, never)).toMatchObject({
      kind: 'failed',
      cause: expect.stringContaining('no answer'),
    });
    expect(rig.server.calls.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  it('that die fresh are not tried again: nobody knows what the request did', async () => {
    await using rig = await startRig({ cut: 'before' }, { status: 202 });
    expect(await rig.coordinator.patchTrace(aJob, patch, never)).toMatchObject({ kind: 'failed' });
    expect(rig.server.calls).toHaveLength(1);
  });

  it('that die within an answer are not tried again', async () => {
    await using rig = await startRig({ status: 202 }, { cut: 'status line' }, { status: 202 });
    await rig.coordinator.patchTrace(aJob, patch, never);
    await freed();
    expect(await rig.coordinator.patchTrace(aJob, patch, never)).toMatchObject({ kind: 'failed' });
    expect(rig.server.calls).toHaveLength(2);
  });

  it('are cut when the coordinator is disposed', async () => {
    await using rig = await startRig({ after: new Promise(() => undefined) });
    const polling = rig.coordinator.request(aRunner, { isLongPoll: true }, never);
    await rig.server.received(1);
    await rig.coordinator[Symbol.asyncDispose]();
    expect(await polling).toMatchObject({ kind: 'unavailable' });
  });

  it('give an exchange an hour', async () => {
    await using server = await RecordingServer.open({ after: new Promise(() => undefined) });
    const settings = { url: server.url, systemId: 'r_0123456789ab', version: '1', revision: 'x' };
    const clock = new ManualClock();
    await using coordinator = new HttpCoordinator(new GitlabApi(settings, { clock, random: seededRandom(5) }));
    const asked = coordinator.update(aJob, anUpdate, never);
    await server.received(1);
    await clock.advance(60 * 60 * 1000 - 1);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    expect(await asked).toEqual({ kind: 'failed', cause: 'no answer from GitLab: the exchange took longer than an hour' });
    expect(clock.sleeping).toBe(0);
  });
});
