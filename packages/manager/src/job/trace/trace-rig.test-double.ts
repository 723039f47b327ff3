import { ManualClock, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import type { ChunkHead } from './chunk.ts';
import { JobTrace } from './job-trace.ts';
import { JudgingGitLab } from './judging-gitlab.test-double.ts';
import { MemorySink } from './memory-sink.test-double.ts';
import { TraceSender } from './trace-sender.ts';

const LIMIT_BYTES = 64 * 1024 * 1024;

/** A job's trace with its sender, between a GitLab that judges and a sink in memory. */
export interface Rig {
  readonly clock: ManualClock;
  readonly gitlab: JudgingGitLab;
  readonly sink: MemorySink;
  readonly trace: JobTrace;
  readonly sender: TraceSender;
  readonly told: string[];
  readonly stop: AbortController;
}

/** A sender in front of a GitLab that judges; `after`: the rig of the manager before. */
export function rig(after?: Rig, last: ChunkHead | undefined = after?.sink.last): Rig {
  const clock = after?.clock ?? new ManualClock();
  const gitlab = after?.gitlab ?? new JudgingGitLab(clock);
  const sink = after?.sink ?? new MemorySink();
  const trace = new JobTrace({ masks: ['hunter2'], tokenPrefixes: [], hasTimestamps: false, limitBytes: LIMIT_BYTES, clock }, last);
  const told: string[] = [];
  const sender = new TraceSender({
    trace,
    coordinator: gitlab,
    job: { id: '7', token: new Secret('job-token') },
    isDebug: false,
    clock,
    random: seededRandom(1),
    sink,
    initialPaceMs: 3000,
    resend: last,
    on: {
      canceling: () => told.push('canceling'),
      gone: (cause) => told.push(`gone: ${cause}`),
      damaged: (cause) => told.push(`damaged: ${cause}`),
    },
  });
  return { clock, gitlab, sink, trace, sender, told, stop: new AbortController() };
}

/** A rig that has sent these lines, one chunk each, and then died. */
export async function died(...lines: string[]): Promise<Rig> {
  const dead = rig();
  const running = dead.sender.run(dead.stop.signal);
  for (const line of lines) {
    dead.trace.say(undefined, line);
    await dead.clock.advance(3000);
  }
  dead.stop.abort();
  await running;
  return dead;
}

/** Moves time until `work` is settled. */
export async function passing<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = work.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  while (!isSettled) await clock.advance(500);
  return settled;
}
