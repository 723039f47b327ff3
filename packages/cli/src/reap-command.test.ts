import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import type { ManagerEvent } from '@fargate-gitlab-runner/manager';
import { describe, expect, it } from 'vitest';
import { runReap } from './reap-command.ts';

const INTERVAL_MS = 60_000;
const WORKER = {
  worker_ecs_cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  worker_subnet_id: 'subnet-0a1b2c3d4e5f60718',
  worker_security_group_id: 'sg-0a1b2c3d4e5f60718',
};
const ENVIRONMENT = {
  GITLAB_URL: 'https://gitlab.example.com',
  RUNNER_NAME_PREFIX: 'ci',
  MANAGERS_CONFIGS: JSON.stringify({ dev: { tags: ['dev'], ...WORKER } }),
};
const TASK = { taskArn: 'task-1', jobId: '7', placementId: 'p7' };

/** The command over a reaper whose looks are these, one after the other; the last one again and again. Each says how many tasks are marked. */
function rig(looks: readonly ((emit: (event: ManagerEvent) => void) => number)[], { dryRun = false } = {}) {
  const clock = new ManualClock();
  const interrupt = new AbortController();
  const printed: string[] = [];
  const seen: { looks: number; mode?: string } = { looks: 0 };
  const ended = runReap({
    dryRun,
    environment: ENVIRONMENT,
    clock,
    random: seededRandom(1),
    output: { hasColours: false, line: (text) => void printed.push(text), raw: () => undefined, note: (text) => void printed.push(text) },
    interrupted: interrupt.signal,
    makeReaper: async ({ config, emit }) => {
      const reaper = {
        marked: 0,
        look: async (signal: AbortSignal) => {
          signal.throwIfAborted();
          const look = looks[Math.min(seen.looks++, looks.length - 1)];
          reaper.marked = look?.(emit) ?? 0;
        },
      };
      seen.mode = config.reaper.mode;
      return reaper;
    },
  });
  return { clock, interrupt, printed, seen, ended };
}

const nothing = () => 0;
const marked = (emit: (event: ManagerEvent) => void) => {
  emit({ name: 'reaper.marked', ...TASK });
  return 1;
};
const stopped = (emit: (event: ManagerEvent) => void) => {
  emit({ name: 'reaper.stopped', ...TASK, why: 'reaper: no record claims it', unclaimedSeconds: 60, isDryRun: false });
  return 0;
};

describe('reap', () => {
  it('exits with 0 when every task has a record', async () => {
    const { ended, printed } = rig([nothing]);
    expect([await ended, printed]).toEqual([0, ['no task is without a record']]);
  });

  it('looks until what was unclaimed is stopped', async () => {
    const { clock, ended, printed, seen } = rig([marked, stopped]);
    await clock.advance(INTERVAL_MS);
    expect([await ended, seen]).toEqual([0, { looks: 2, mode: 'stop' }]);
    expect(printed).toEqual(['marked task-1 (job 7, placement p7)', 'stopped task-1: reaper: no record claims it']);
  });

  it('exits with 1 when tasks are unclaimed still after its last look', async () => {
    const { clock, ended, printed, seen } = rig([marked, () => 1]);
    await clock.advance(20 * INTERVAL_MS);
    expect([await ended, seen.looks]).toEqual([1, 12]);
    expect(printed.at(-1)).toBe('1 task is unclaimed still');
  });

  it('exits with 1 when something could not be looked at', async () => {
    const { ended, printed } = rig([
      (emit) => {
        emit({ name: 'reaper.blind', of: 'the job store', cause: 'no route' });
        return 0;
      },
    ]);
    expect([await ended, printed]).toEqual([1, ['nothing is known of the job store: no route']]);
  });

  it('looks once in a dry run, and exits with 0 whatever it finds', async () => {
    const { ended, printed, seen } = rig([marked], { dryRun: true });
    expect([await ended, seen]).toEqual([0, { looks: 1, mode: 'report' }]);
    expect(printed).toEqual(['unclaimed task-1 (job 7, placement p7)']);
  });

  it('exits with 130 when it is interrupted, also between two looks', async () => {
    const between = rig([marked]);
    await between.clock.advance(1000);
    between.interrupt.abort();
    expect([await between.ended, between.clock.sleeping]).toEqual([130, 0]);
    const before = rig([nothing]);
    before.interrupt.abort();
    expect(await before.ended).toBe(130);
  });

  it('lets a defect be one', async () => {
    const { ended } = rig([
      () => {
        throw new Error('a defect');
      },
    ]);
    await expect(ended).rejects.toThrow('a defect');
  });
});
