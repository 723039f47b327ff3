import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type S3StoreRig, startS3StoreRig } from './s3/s3-store-rig.contract.ts';
import { untilStoreAnswers } from './until-store-answers.ts';

/** More than the store tries by itself, so that several questions fail. */
const TIMES = 9;
let rig: S3StoreRig;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
  rig = await startS3StoreRig(clock);
});
afterEach(() => rig[Symbol.asyncDispose]());

/** Asks for the id of a store; time passes as soon as somebody waits for it. */
async function ask(signal?: AbortSignal) {
  const store = await rig.open();
  const told: string[] = [];
  const tools = {
    clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep: async () => signal?.throwIfAborted() },
    random: seededRandom(1),
    ...(signal && { signal }),
  };
  const of = { ask: () => store.storeId(() => '0'.repeat(24)), onFailure: (error: Error) => void told.push(error.message) };
  const answer = await untilStoreAnswers(of, tools).catch(String);
  return { answer, told };
}

it('is patient with a store that is away for a while, and tells of it', async () => {
  await rig.control.failS3({ fault: { kind: 'error', code: 'SlowDown' }, times: TIMES });
  const { answer, told } = await ask();
  expect(answer).toBe('0'.repeat(24));
  expect(told.length).toBeGreaterThan(0);
  expect(told[0]).toContain('SlowDown');
});

it('does not ask again where it may not', async () => {
  await rig.control.denyS3([{ action: 's3:GetObject' }]);
  const { answer, told } = await ask();
  expect(answer).toContain('AccessDenied');
  expect(told).toEqual([]);
});

it('ends when the manager is told to go', async () => {
  const { answer } = await ask(AbortSignal.abort(new Error('go')));
  expect(answer).toBe('Error: go');
});
