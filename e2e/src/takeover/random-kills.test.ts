import { seededRandom } from '@fargate-gitlab-runner/kernel';
import { it } from 'vitest';
import { recordAndKill, startAndKill } from './random-kills.ts';
import { startTakeoverRig } from './takeover-rig.ts';
import { assertUnharmed, enqueueWitness } from './witness-job.ts';

const SEED = 20_261_123;
const KILLS = 5;

it('a job whose manager is killed five times at random moments ends as it would have', async () => {
  await using rig = await startTakeoverRig();
  const random = seededRandom(SEED);
  const job = await enqueueWitness(rig, { gate: 'open', pauseS: '0.1' });
  await recordAndKill(rig, random, [job]);
  for (let kill = 2; kill <= KILLS; kill++) await startAndKill(rig, random);
  await rig.startManager();
  await assertUnharmed(rig, job);
}, 180_000);
