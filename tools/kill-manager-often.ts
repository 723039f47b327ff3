import { parseArgs } from 'node:util';
import { deadlineSignal, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { recordAndKill, startAndKill } from '../e2e/src/takeover/random-kills.ts';
import { startTakeoverRig } from '../e2e/src/takeover/takeover-rig.ts';
import { assertUnharmed, enqueueWitness, type WitnessJob } from '../e2e/src/takeover/witness-job.ts';

/**
 * Kills the bundled manager (SIGKILL) again and again at random moments while jobs run, starts it anew each time, and proves at the end
 * that every job ended as it would have: each step once, the log whole, in order and masked, one task a job, nothing left.
 *
 *     npm run build && npx tsx --conditions=source tools/kill-manager-often.ts [--kills 200] [--jobs 4] [--seed 1] [--quick]
 *
 * `--jobs`: how many run at a time. Every other manager may be killed as soon as it was started, with whatever jobs there are; the ones
 * between get new jobs and live at least until they have recorded them, because a job that GitLab handed to a manager that was killed
 * before it could write it down is GitLab's to fail. The moments repeat with the seed, as far as the machine lets them. Prints a table,
 * exits with 1 when a job was harmed. The last line says how long jobs waited: from a kill to the next piece of log that GitLab got of a job
 * whose script was printing at that moment. Every other manager lives for too short a time to do anything, so a pause may span two kills.
 * `--quick`: 6 kills, to see that it works.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    jobs: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
  },
});
const kills = values.quick ? 6 : Number(values.kills);
const killedAt: number[] = [];
const random = seededRandom(Number(values.seed));
/** All events are there already; following ends when no more come. */
const READ_EVENTS_MS = 5000;
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
  killedAt.push(systemClock.now());
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
const pauses = await pausesOf(trials.map(({ job }) => job.id));
const quantile = (part: number) => ((pauses[Math.max(0, Math.ceil(part * pauses.length) - 1)] ?? 0) / 1000).toFixed(1);
process.stdout.write(`pause of a job: median ${quantile(0.5)} s, p99 ${quantile(0.99)} s, ${pauses.length} pauses\n`);
process.exitCode = harmed === 0 ? 0 : 1;

/** Milliseconds from each kill to the next piece of log, of every job that had printed before it and went on after it; ascending. */
async function pausesOf(jobIds: readonly string[]): Promise<readonly number[]> {
  const pieces = new Map<string, number[]>(jobIds.map((id) => [id, []]));
  using limit = deadlineSignal(systemClock, READ_EVENTS_MS);
  try {
    for await (const event of rig.gitlab.control.follow({ kinds: ['trace'], signal: limit.signal }))
      if (event.kind === 'trace') pieces.get(event.jobId)?.push(event.at);
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  }
  const all = killedAt.flatMap((kill) => [...pieces.values()].flatMap((ats) => pauseAfter(kill, ats)));
  return all.sort((a, b) => a - b);
}

function pauseAfter(kill: number, ats: readonly number[]): number[] {
  const next = ats.find((at) => at > kill);
  return next === undefined || (ats[0] ?? next) > kill ? [] : [next - kill];
}

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
