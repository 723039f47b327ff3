import { crc32 } from 'node:zlib';
import { startGitLabEmulator } from '@fargate-gitlab-runner/emulator-gitlab';
import { Scope, Secret, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { JobCredentials, RunnerCredentials } from './coordinator.ts';
import { never } from './coordinator-rig.test-double.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';

const tools = { clock: systemClock, random: seededRandom(7) };
const log = Buffer.from('It works!\nå\n');
const output = { checksum: crc32(log), bytesize: log.length };

/** A GitLab with one job in the queue, and a coordinator that speaks to it. To be disposed. */
async function startGitLab(options: Parameters<typeof startGitLabEmulator>[0] = {}) {
  const scope = new Scope();
  const { url, control } = scope.use('emulator', await startGitLabEmulator(options, tools));
  const made = await control.createRunner({ tags: ['dev'] });
  const job = await control.enqueueJob({ tags: ['dev'] });
  const settings = { url, systemId: 'r_0123456789ab', version: '1.2.3', revision: 'abcdef12' };
  const coordinator = scope.use('coordinator', new HttpCoordinator(new GitlabApi(settings, tools)));
  const runner: RunnerCredentials = { name: 'dev', token: new Secret(made.token) };
  return { control, coordinator, runner, jobId: job.id, [Symbol.asyncDispose]: () => scope.close() };
}

/** Takes the job as a manager does: verify, poll, first update. */
async function takeJob(gitlab: Awaited<ReturnType<typeof startGitLab>>): Promise<JobCredentials> {
  const { coordinator, runner } = gitlab;
  expect(await coordinator.verify(runner, never)).toMatchObject({ kind: 'valid' });
  const verdict = await coordinator.request(runner, { isLongPoll: true }, never);
  if (verdict.kind !== 'job') throw new Error(verdict.kind);
  const job = { id: verdict.job.id, token: new Secret(verdict.job.token) };
  expect(await coordinator.update(job, { state: 'running' }, never)).toEqual({ kind: 'accepted', isCanceling: false });
  return job;
}

describe('a job at the stand-in GitLab', () => {
  it('22, 29, 32: is taken, traced and reported, and nobody finds fault', async () => {
    await using gitlab = await startGitLab({ acceptedRepeats: 1 });
    const { coordinator, control } = gitlab;
    const job = await takeJob(gitlab);
    const accepted = { kind: 'accepted', paceMs: 3000, isCanceling: false };
    expect(await coordinator.patchTrace(job, { from: 0, bytes: log.subarray(0, 11), isDebug: false }, never)).toEqual(accepted);
    expect(await coordinator.patchTrace(job, { from: 11, bytes: log.subarray(11), isDebug: false }, never)).toEqual(accepted);
    const failed = { state: 'failed', failureReason: 'script_failure', exitCode: 42, output } as const;
    expect(await coordinator.update(job, failed, never)).toMatchObject({ kind: 'pending' });
    expect(await coordinator.update(job, failed, never)).toMatchObject({ kind: 'accepted' });
    expect(await control.job(job.id)).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 42 });
    expect(await control.trace(job.id)).toEqual(log);
    expect(await control.findings()).toEqual([]);
  });

  it('31: a final report that is repeated is gone', async () => {
    await using gitlab = await startGitLab();
    const job = await takeJob(gitlab);
    await gitlab.coordinator.patchTrace(job, { from: 0, bytes: log, isDebug: false }, never);
    expect(await gitlab.coordinator.update(job, { state: 'success', output }, never)).toMatchObject({ kind: 'accepted' });
    expect(await gitlab.coordinator.update(job, { state: 'success', output }, never)).toMatchObject({ kind: 'gone' });
  });

  it('21: a trace that GitLab lost is taken up where it ends', async () => {
    await using gitlab = await startGitLab();
    const job = await takeJob(gitlab);
    await gitlab.coordinator.patchTrace(job, { from: 0, bytes: log, isDebug: false }, never);
    await gitlab.control.truncateTrace(job.id, 4);
    const next = { from: log.length, bytes: log, isDebug: false };
    expect(await gitlab.coordinator.patchTrace(job, next, never)).toMatchObject({ kind: 'rewind', to: 4 });
  });

  it('20: a chunk whose answer was lost was stored once', async () => {
    await using gitlab = await startGitLab();
    const job = await takeJob(gitlab);
    await gitlab.control.addFault({ kind: 'reply', route: 'trace', status: 502, when: 'after' });
    const patch = { from: 0, bytes: log, isDebug: false };
    expect(await gitlab.coordinator.patchTrace(job, patch, never)).toMatchObject({ kind: 'rewind', to: log.length });
    expect(await gitlab.control.trace(job.id)).toEqual(log);
  });

  it('33: a graceful cancel is heard on a patch', async () => {
    await using gitlab = await startGitLab();
    const job = await takeJob(gitlab);
    await gitlab.control.cancelJob(job.id);
    const patch = { from: 0, bytes: log, isDebug: false };
    expect(await gitlab.coordinator.patchTrace(job, patch, never)).toMatchObject({ kind: 'accepted', isCanceling: true });
  });

  it('34: a forced cancel is the end', async () => {
    await using gitlab = await startGitLab();
    const job = await takeJob(gitlab);
    await gitlab.control.cancelJob(job.id, 'force');
    const patch = { from: 0, bytes: log, isDebug: false };
    expect(await gitlab.coordinator.patchTrace(job, patch, never)).toMatchObject({ kind: 'gone' });
    expect(await gitlab.coordinator.update(job, { state: 'running' }, never)).toMatchObject({ kind: 'gone' });
  });

  it('5: an empty queue is held until something happens, and the job comes with the next poll', async () => {
    await using gitlab = await startGitLab({ longPollMs: 60_000 });
    const poll = () => gitlab.coordinator.request(gitlab.runner, { isLongPoll: true }, never);
    expect(await poll()).toMatchObject({ kind: 'job' });
    expect(await poll()).toEqual({ kind: 'none', isTick: true });
    const held = poll();
    while ((await gitlab.control.requests()).length < 3);
    await gitlab.control.enqueueJob({ tags: ['dev'] });
    expect(await held).toEqual({ kind: 'none', isTick: true });
    expect(await poll()).toMatchObject({ kind: 'job' });
  });

  it('7: an unknown token is refused', async () => {
    await using gitlab = await startGitLab();
    const stranger = { name: 'stranger', token: new Secret('glrt-unknown') };
    expect(await gitlab.coordinator.verify(stranger, never)).toMatchObject({ kind: 'refused' });
    expect(await gitlab.coordinator.request(stranger, { isLongPoll: true }, never)).toMatchObject({ kind: 'refused' });
  });

  it('12: a broken payload can still be failed by name', async () => {
    await using gitlab = await startGitLab();
    const first = await takeJob(gitlab);
    await gitlab.control.enqueueJob({ tags: ['dev'], rawPayload: `{"id":"${first.id}","token":"${first.token.reveal()}","steps":7}` });
    const verdict = await gitlab.coordinator.request(gitlab.runner, { isLongPoll: false }, never);
    if (verdict.kind !== 'broken' || !verdict.salvage) throw new Error(verdict.kind);
    const failed = { state: 'failed', failureReason: 'runner_system_failure' } as const;
    expect(await gitlab.coordinator.update(verdict.salvage, failed, never)).toMatchObject({ kind: 'accepted' });
    expect(await gitlab.control.job(first.id)).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
  });
});
