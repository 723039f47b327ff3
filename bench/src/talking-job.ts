import { equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertWholeTrace, type Rig, traceLines } from '@fargate-gitlab-runner/testkit';

const STOP = 'stop-talking';

/** What a talking job says first. */
export const TALKING = 'line 1 of a job';

/**
 * Says ten lines a second, without starting a process for any of them, until a file appears in the worker's HOME. `read` from a pipe
 * that nobody writes into is bash's own sleep.
 */
export const TALKING_SCRIPT = `exec 8<> <(:)
said=0
while [ ! -e "$HOME/${STOP}" ]; do
  said=$((said + 1))
  printf 'line %d of a job that talks: the quick brown fox jumps over the lazy dog again\\n' "$said"
  read -rt 0.1 -u 8 || :
done
echo "said $said lines"`;

/** Lets every job that talks come to its end. */
export async function stopTalking(rig: Rig): Promise<void> {
  for (const { home } of await rig.aws.control.tasks())
    if (home !== undefined) await writeFile(join(home, STOP), '').catch(() => undefined);
}

/** Throws unless every line is in the trace, once and in order. Returns how many a second the job said. */
export async function assertSaidAll(rig: Rig, jobId: string): Promise<number> {
  await assertWholeTrace(rig, jobId);
  const trace = await rig.gitlab.control.trace(jobId);
  const said = traceLines(trace).flatMap((line) => /^(?:line (\d+) of a job|said (\d+) lines$)/.exec(line)?.slice(1) ?? []);
  const numbers = said.filter((text) => text !== undefined).map(Number);
  const total = numbers.pop();
  equal(numbers.length, total);
  for (const [at, number] of numbers.entries()) equal(number, at + 1);
  const times = trace
    .toString('latin1')
    .split('\n')
    .filter((line) => / line \d+ of a job/.test(line))
    .map((line) => Date.parse(line.slice(0, 27)));
  return (numbers.length - 1) / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000);
}
