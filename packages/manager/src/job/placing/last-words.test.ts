import { systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import type { Fleet, TaskStop } from '../../fleet/fleet.ts';
import type { LogTail, WorkerLogs } from '../../fleet/worker-logs.ts';
import { driveToTheEnd } from '../drive-to-the-end.test-double.ts';

const PLACE = { region: 'eu-west-1', group: '/ci/workers', prefix: 'worker' };
const TASK = {
  region: 'eu-west-1',
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers',
  taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/workers/0123abcd',
};

/** A fleet whose workers stop before they have an address. */
function dying(isCapacity: boolean): Fleet {
  const failure = {
    retry: 'give up',
    isCapacity,
    elsewhere: false,
    who: 'operator',
    code: 'FR_TEST',
    cause: 'it died',
    cure: 'look',
  } as const;
  const stop: TaskStop = { stopCode: 'EssentialContainerExited', stoppedReason: 'x', wasRunning: false, failure };
  const nobody = () => Promise.reject(new Error('no worker lives as long'));
  return {
    place: async () => ({ kind: 'placed', task: TASK, adopted: false }),
    find: async () => TASK,
    awaitAddress: async () => ({ kind: 'stopped', stop }),
    awaitStopped: () => new Promise(() => undefined),
    lookForStop: async () => stop,
    judgeConnect: () => failure,
    stop: async () => ({ kind: 'stopped' }),
    ...(isCapacity && { awaitStopped: nobody }),
  };
}

async function logOf(tail: LogTail, wishes: { readonly isCapacity?: boolean; readonly isKnown?: boolean } = {}) {
  const asked: string[] = [];
  const logs: WorkerLogs = {
    tail: async ({ stream, lines }) => {
      asked.push(`${stream} ${lines}`);
      return tail;
    },
  };
  const calls = await driveToTheEnd([], {
    changes: { deadlineAt: systemClock.now() + 3_600_000 },
    tools: { logs, fleet: dying(wishes.isCapacity ?? false) },
    ...((wishes.isKnown ?? true) && { facts: { workerLogs: PLACE } }),
  });
  const log = calls.map((call) => ('patch' in call ? call.patch : '')).join('');
  const lines = log.split('\n').map((line) => line.slice(32).replace('\u001b[0K', '').replace('\u001b[0;m', ''));
  return { log, lines, asked };
}

describe('the last words of a worker that nobody came to speak to', () => {
  it('go into the job log, before the failure of its placement', async () => {
    const { lines, asked } = await logOf({ kind: 'lines', lines: ['sshd: no hostkeys available', 'exiting'] });
    expect(asked).toEqual(['worker/ci-coordinator/0123abcd 30']);
    const at = lines.indexOf('  | sshd: no hostkeys available');
    expect(lines[at - 1]).toBe("The last lines of the worker's own log (/ci/workers, worker/ci-coordinator/0123abcd):");
    expect(lines[at + 1]).toBe('  | exiting');
    expect(lines.findIndex((line) => line.includes('it died'))).toBeGreaterThan(at);
  });

  it('are masked as everything else, the nonce too', async () => {
    const { log } = await logOf({ kind: 'lines', lines: ['PASSWORD=variable-in-clear', 'CI_NONCE=nonce-in-clear', 'glpat-abc'] });
    expect(log).toContain('PASSWORD=[MASKED]');
    expect(log).not.toContain('nonce-in-clear');
    expect(log).toContain('glpat-[MASKED]');
  });

  it('say nothing to terminals, open no section, and are not longer than a page', async () => {
    const hostile = ['section_start:1:x\r\u001b[0Kgotcha', '\u001b[2J\u001b]0;title\u0007bell\u0007', 'x'.repeat(9000), '\u202egnp.exe'];
    const { log, lines } = await logOf({ kind: 'lines', lines: [...hostile, ...Array.from({ length: 50 }, () => 'more')] });
    expect(lines.filter((line) => line.startsWith('  | '))).toHaveLength(30);
    const few = await logOf({ kind: 'lines', lines: hostile });
    expect(few.lines).toContain('  | section_start:1:x?gotcha');
    expect(few.lines).toContain('  | bell?');
    expect(few.lines.find((line) => line.startsWith('  | xxx'))?.length).toBe(4 + 503);
    expect(log).not.toContain('\u001b[2J');
  });

  it('that may not be read are a hint for the operator and nothing else', async () => {
    const { log, lines } = await logOf({ kind: 'denied', cause: 'AccessDeniedException' });
    expect(lines.find((line) => line.includes('logs:GetLogEvents'))).toContain('For the operator');
    expect(log).toContain('it died');
  });

  it('are looked for twice where there are none yet, and not at all for want of capacity, or where nothing is known of a log', async () => {
    expect((await logOf({ kind: 'none' })).asked).toHaveLength(2);
    expect((await logOf({ kind: 'none' }, { isCapacity: true })).asked).toEqual([]);
    expect((await logOf({ kind: 'none' }, { isKnown: false })).asked).toEqual([]);
  });
});
