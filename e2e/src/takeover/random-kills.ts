import { type Random, systemClock } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import { recordOf, type WitnessJob } from './witness-job.ts';
import { until } from './until.ts';

/** Longer than a manager needs to start, to find the jobs of a dead one and to take them over. */
const LONGEST_LIFE_MS = 2500;

/** Starts a manager and kills it at a random moment of its life: while it starts, waits, takes over, or drives. */
export async function startAndKill(rig: Rig, random: Random): Promise<void> {
  const manager = await rig.startManager();
  await systemClock.sleep(random.fraction() * LONGEST_LIFE_MS);
  await manager.kill('SIGKILL');
}

/** Starts a manager, and kills it at a random moment after it has recorded these jobs: what is not recorded may be lost. */
export async function recordAndKill(rig: Rig, random: Random, jobs: readonly WitnessJob[]): Promise<void> {
  const manager = await rig.startManager();
  for (const job of jobs) await until(() => isRecorded(rig, job), `${job.name} is recorded`);
  await systemClock.sleep((random.fraction() * LONGEST_LIFE_MS) / 2);
  await manager.kill('SIGKILL');
}

async function isRecorded(rig: Rig, job: WitnessJob): Promise<boolean> {
  return (await recordOf(rig, job).catch(() => '')) !== '';
}
