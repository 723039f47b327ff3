import { parseArgs } from 'node:util';
import { seededRandom } from '@fargate-gitlab-runner/kernel';
import { recordAndKill, startAndKill } from '../e2e/src/takeover/random-kills.ts';
import { startTakeoverRig } from '../e2e/src/takeover/takeover-rig.ts';
import { assertUnharmed, enqueueWitness, type WitnessJob } from '../e2e/src/takeover/witness-job.ts';

/**
 * Kills the bundled manager (SIGKILL) again and again at random moments while jobs run, starts it anew each time, and proves at the end
 * that every job ended as it would have: each step once, the log whole, in order and masked, one task a job, nothing left.
 *
 *     npm run build && npx tsx --conditions=source tools/kill-manager-often.ts [--kills 200] [--jobs 4] [--seed 1]
 *
 * `--jobs`: how many run at a time. Every other manager may be killed as soon as it was started, with whatever jobs there are; the ones
 * between get new jobs and live at least until they have recorded them, because a job that GitLab handed to a manager that was killed
 * before it could write it down is GitLab's to fail. The moments repeat with the seed, as far as the machine lets them. Prints a table,
 * exits with 1 when a job was harmed.
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, jobs: { type: 'string', default: '4' }, seed: { type: 'string', default: '1' } },
});
const kills = Number(values.kills);
const random = seededRandom(Number(values.seed));
const PAUSES = [undefined, undefined, '0.02', '0.1'];

interface Trial {
  readonly job: WitnessJob;
  /** How many kills had happened when it was put into the queue. */
  readonly from: number;
}

await using rig = await startTakeoverRig();
const trials: Trial[] = [];
for (let done = 0; done < kills; done++) {
  if (done % 2 === 1) await startAndKill(rig, random);
  else await recordAndKill(rig, random, await topUp(done));
  process.stderr.write(`\r${done + 1} kills, ${trials.length} jobs`);
}
await rig.startManager();
let harmed = 0;
process.stderr.write('\n');
print(['job', 'begun at kill', 'step marks', 'verdict']);
for (const { job, from } of trials) {
  const harm = await assertUnharmed(rig, job).then(() => undefined, String);
  print([job.name, String(from), String((await job.marks()).length), harm === undefined ? 'unharmed' : 'HARMED']);
  if (harm === undefined) continue;
  harmed++;
  process.stderr.write(`${job.name}: ${harm}\n${(await rig.gitlab.control.trace(job.id)).toString()}\n`);
}
process.stdout.write(`${kills} kills (seed ${values.seed}), ${trials.length} jobs, ${harmed} harmed\n`);
process.exitCode = harmed === 0 ? 0 : 1;

/** New jobs in place of those that have ended. */
async function topUp(from: number): Promise<readonly WitnessJob[]> {
  const running = (await rig.gitlab.control.jobs()).filter(({ status }) => status === 'running').length;
  const fresh: WitnessJob[] = [];
  while (running + fresh.length < Number(values.jobs)) {
    const pauseS = PAUSES[Math.floor(random.fraction() * PAUSES.length)];
    fresh.push(await enqueueWitness(rig, { gate: 'open', ...(pauseS !== undefined && { pauseS }) }));
  }
  trials.push(...fresh.map((job) => ({ job, from })));
  return fresh;
}

function print(cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell) => cell.padEnd(14)).join(' ')}\n`);
}
