import { it } from 'vitest';
import { killAt } from './kill-at.ts';
import { startTakeoverRig } from './takeover-rig.ts';
import { assertUnharmed, enqueueWitness } from './witness-job.ts';

const STAGES = ['prepare_script', 'get_sources', 'step_script', 'after_script', 'cleanup_file_variables'];

it('a manager that is killed whenever a stage has ended runs no stage twice and skips none', async () => {
  await using rig = await startTakeoverRig();
  const job = await enqueueWitness(rig, { gate: 'open' });
  for (const stage of STAGES) await killAt(await rig.startManager(), { event: 'stage.ended', jobId: job.id, stage });
  const last = await rig.startManager();
  await last.logged('job.reclaimed');
  await assertUnharmed(rig, job);
}, 60_000);
