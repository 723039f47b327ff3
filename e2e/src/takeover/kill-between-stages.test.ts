import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import { it } from 'vitest';
import { startTakeoverRig } from './takeover-rig.ts';
import { until } from './until.ts';
import { assertUnharmed, enqueueWitness, recordOf, type WitnessJob } from './witness-job.ts';

const STAGES = ['prepare_script', 'get_sources', 'step_script', 'after_script', 'cleanup_file_variables'];

it('a manager that is killed whenever a stage has ended runs no stage twice and skips none', async () => {
  await using rig = await startTakeoverRig();
  const job = await enqueueWitness(rig, { gate: 'open' });
  const managers: ManagerUnderTest[] = [];
  for (const stage of STAGES) {
    const manager = await rig.startManager();
    managers.push(manager);
    await until(() => hasEnded(rig, job, { stage, managers }), `${stage} has ended`, 2);
    await manager.kill('SIGKILL');
  }
  await rig.startManager();
  await assertUnharmed(rig, job);
}, 180_000);

/** A manager that is killed late may have ended the next stage too, or the whole job: whoever said it, it is so. */
async function hasEnded(
  rig: Rig,
  job: WitnessJob,
  { stage, managers }: { readonly stage: string; readonly managers: readonly ManagerUnderTest[] },
): Promise<boolean> {
  const events = (await Promise.all(managers.map((one) => one.events()))).flat();
  if (events.some((event) => event.get('event') === 'stage.ended' && event.get('jobId') === job.id && event.get('stage') === stage))
    return true;
  return (await recordOf(rig, job).catch(() => '')).includes('"phase":"done"');
}
