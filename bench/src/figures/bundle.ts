import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { builtProgram, type Rig } from '@fargate-gitlab-runner/testkit';
import type { Figure } from '../figure.ts';

/** Size of the manager's one file, and how long it takes to be at work. */
export const bundle: Figure = {
  name: 'bundle',
  withinMs: 60_000,
  measure: async ({ quick, rigs }) => {
    const { size } = await stat(builtProgram('manager'));
    const rig = await rigs.start({ aws: { worker: { kind: 'none' } } });
    const runs = Array.from({ length: quick ? 2 : 10 });
    const checks: number[] = [];
    const starts: number[] = [];
    for (const _ of runs) {
      checks.push(await checkMs(rig));
      starts.push(await startMs(rig));
    }
    await rigs.end(rig);
    const second = { must: 'below', limit: 1000 } as const;
    return {
      rows: [
        { figure: 'manager bundle, one file', unit: 'MB', target: { must: 'below', limit: 5 }, values: [size / 1e6] },
        { figure: 'manager start: `check` from spawn to exit', unit: 'ms', target: second, values: checks },
        { figure: 'manager start: `run` from spawn to manager.started', unit: 'ms', target: second, values: starts },
      ],
      details: { bytes: size },
    };
  },
};

async function checkMs(rig: Rig): Promise<number> {
  const begun = systemClock.monotonic();
  const child = manager(rig, 'check');
  child.stdout.resume();
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`check ended with ${code}`);
  return systemClock.monotonic() - begun;
}

async function startMs(rig: Rig): Promise<number> {
  const begun = systemClock.monotonic();
  const child = manager(rig, 'run');
  const exited = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('"manager.started"')) return systemClock.monotonic() - begun;
    }
    throw new Error('the manager ended before it had started');
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

function manager(rig: Rig, command: 'check' | 'run') {
  const config = join(rig.folder, 'manager.json');
  return spawn(process.execPath, [builtProgram('manager'), command, '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
}
