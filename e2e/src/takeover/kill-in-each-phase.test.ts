import { equal } from 'node:assert/strict';
import type { Fault } from '@fargate-gitlab-runner/emulator-gitlab';
import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startTakeoverRig } from './takeover-rig.ts';
import { until } from './until.ts';
import { assertUnharmed, enqueueWitness, recordOf, tasksOf, traceHas, type WitnessJob, type WitnessOptions } from './witness-job.ts';

/** Longer than the whole test: what is held so long is what the killed manager never learns. */
const HELD_MS = 600_000;

/** One job for every phase, all brought there before the one kill. */
interface Jobs {
  readonly recorded: WitnessJob;
  readonly placing: WitnessJob;
  readonly placedUnawares: WitnessJob;
  readonly refusedByEcs: WitnessJob;
  readonly connecting: WitnessJob;
  readonly inStage: WitnessJob;
  readonly writtenAhead: WitnessJob;
  readonly patched: WitnessJob;
  readonly behindASilentGitLab: WitnessJob;
  readonly beforeFinal: WitnessJob;
  readonly afterFinal: WitnessJob;
}

describe.each(['directory', 's3'] as const)(
  'a manager that is killed with a job in every phase, and a new one over the same store (%s)',
  { timeout: 180_000 },
  (store) => {
    let rig: Rig;
    let jobs: Jobs;

    beforeAll(async () => {
      rig = await startTakeoverRig({}, store);
      const first = await rig.startManager();
      await first.logged('runner.verified');
      jobs = await bringJobsToEachPhase(rig, first);
      await first.kill('SIGKILL');
      await rig.gitlab.control.clearFaults();
      await rig.aws.control.clearFaults();
      await jobs.inStage.openGate();
      await jobs.inStage.marked('step 3');
      const second = await rig.startManager();
      await second.logged('job.adopted', 11);
      await Promise.all(Object.values(jobs).map((job: WitnessJob) => job.openGate()));
    }, 300_000);

    afterAll(() => rig[Symbol.asyncDispose]());

    it('lose nothing of a job that was only recorded', () => assertUnharmed(rig, jobs.recorded));
    it('lose nothing of a job whose RunTask was on its way', () => assertUnharmed(rig, jobs.placing));
    it('lose nothing of a job whose RunTask had taken effect without an answer', () => assertUnharmed(rig, jobs.placedUnawares));
    it('lose nothing of a job whose RunTask never arrived', () => assertUnharmed(rig, jobs.refusedByEcs));
    it('lose nothing of a job whose worker did not answer yet', () => assertUnharmed(rig, jobs.connecting));
    it('lose nothing of a job whose script ran to its end meanwhile', () => assertUnharmed(rig, jobs.inStage));
    it('lose nothing of a job whose chunk was written ahead and not yet sent', () => assertUnharmed(rig, jobs.writtenAhead));
    it('lose nothing of a job whose chunk had arrived without an answer', () => assertUnharmed(rig, jobs.patched));
    it('lose nothing of a job that went on to its end while GitLab did not answer', () => assertUnharmed(rig, jobs.behindASilentGitLab));
    it('lose nothing of a job whose end was not reported yet', () => assertUnharmed(rig, jobs.beforeFinal));
    it('lose nothing of a job whose end was reported without an answer', () => assertUnharmed(rig, jobs.afterFinal));
  },
);

/** Those that wait by themselves first; those that only wait for a while, or whose faults would strike others, last. */
async function bringJobsToEachPhase(rig: Rig, manager: ManagerUnderTest): Promise<Jobs> {
  const { control } = rig.aws;
  const beforeFinal = await enqueueWith(rig, { gate: 'open' }, [{ kind: 'delay', route: 'update', skip: 1, delayMs: HELD_MS }]);
  const afterFinal = await enqueueWith(rig, { gate: 'open' }, [
    { kind: 'drop', route: 'update', skip: 1, when: 'after' },
    { kind: 'delay', route: 'update', delayMs: HELD_MS, times: 100 },
  ]);
  const recorded = await enqueueWith(rig, {}, [{ kind: 'delay', route: 'update', delayMs: HELD_MS }]);
  const inStage = await enqueueWitness(rig);
  const behindASilentGitLab = await enqueueWitness(rig, { pauseS: '0.05' });
  for (const job of [inStage, behindASilentGitLab]) await traceHas(rig, job, 'line 30 ');
  await hold(rig, behindASilentGitLab);
  await behindASilentGitLab.openGate();
  // Their scripts must not end: with the end of a job all that GitLab may not have goes into the record.
  const writtenAhead = await enqueueWitness(rig, { pauseS: '0.2' });
  const patched = await enqueueWitness(rig, { pauseS: '0.2' });
  await Promise.all([writtenAhead, patched].map((job) => traceHas(rig, job, 'line 2 ')));
  await hold(rig, writtenAhead);
  await rig.gitlab.control.addFault({ kind: 'drop', route: 'trace', jobId: patched.id, when: 'after' });
  await hold(rig, patched);
  await Promise.all([unanswered(rig, writtenAhead, 'trace'), unanswered(rig, patched, 'trace', 2)]);
  await Promise.all([
    unanswered(rig, beforeFinal, 'update'),
    unanswered(rig, recorded, 'update'),
    rig.gitlab.control.jobEnd(afterFinal.id),
  ]);
  await until(
    async () => (await recordOf(rig, behindASilentGitLab)).includes('"phase":"reporting"'),
    'the job behind a silent GitLab has ended',
  );
  await control.failWorkers({ sshRefusedMs: 5000 });
  const connecting = await enqueueWitness(rig);
  await until(async () => (await recordOf(rig, connecting).catch(() => '')).includes('"taskArn"'), 'the job to be connected is placed');
  await control.failCalls('RunTask', { kind: 'delay', ms: 2500 });
  const placing = await enqueueWitness(rig);
  await runTaskCalled(rig, placing);
  await control.failCalls('RunTask', { kind: 'ambiguous' });
  await control.failCalls('RunTask', { kind: 'dropped' }, 1000);
  const placedUnawares = await enqueueWitness(rig);
  await until(async () => (await tasksOf(rig, placedUnawares)).length === 1, 'the task without an answer is there');
  const refusedByEcs = await enqueueWitness(rig);
  await runTaskCalled(rig, refusedByEcs);
  equal(manager.exitCode, null);
  return {
    recorded,
    placing,
    placedUnawares,
    refusedByEcs,
    connecting,
    inStage,
    writtenAhead,
    patched,
    behindASilentGitLab,
    beforeFinal,
    afterFinal,
  };
}

/** Faults that know the job's id must be there before a manager takes it: the runner is paused meanwhile. */
async function enqueueWith(rig: Rig, options: WitnessOptions, faults: readonly Fault[]): Promise<WitnessJob> {
  const { control } = rig.gitlab;
  for (const { id } of rig.runners) await control.changeRunner(id, { paused: true });
  const job = await enqueueWitness(rig, options);
  for (const fault of faults) await control.addFault({ ...fault, jobId: job.id });
  for (const { id } of rig.runners) await control.changeRunner(id, { paused: false });
  return job;
}

/** GitLab takes the next pieces of this log and never answers. */
function hold(rig: Rig, job: WitnessJob): Promise<void> {
  return rig.gitlab.control.addFault({ kind: 'delay', route: 'trace', jobId: job.id, delayMs: HELD_MS, times: 100 });
}

/** Resolves when so many requests of a kind about the job have come and got no answer. */
async function unanswered(rig: Rig, job: WitnessJob, route: 'trace' | 'update', times = 1): Promise<void> {
  const isOpen = async () => {
    const requests = await rig.gitlab.control.requests();
    return (
      requests.filter((one) => one.route === route && one.path.includes(`/jobs/${job.id}`) && one.status === undefined).length >= times
    );
  };
  await until(isOpen, `GitLab owes ${job.name} an answer (${route})`);
}

async function runTaskCalled(rig: Rig, job: WitnessJob): Promise<void> {
  const isCalled = async () =>
    (await rig.aws.control.calls()).some((call) => call.action === 'RunTask' && JSON.stringify(call.parameters).includes(`"${job.id}"`));
  await until(isCalled, `RunTask is called for ${job.name}`);
}
