import { existsSync } from 'node:fs';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { closeRig, type ManagerUnderTest, printed, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Kills every process of the worker that it can but its process 1 and the SSH server, takes the shim away, and goes on detached. */
const HOSTILE = [
  'echo begun',
  `cat > "$HOME/stay" <<'END'
trap "" TERM INT HUP
rm -rf /tmp/.fargate-gitlab-runner-*
for status in /proc/[0-9]*; do
  pid=\${status#/proc/}
  [ "$pid" = 1 ] || [ "$pid" = $$ ] && continue
  case "$(tr '\\0' ' ' <"$status/cmdline" 2>/dev/null)" in *worker.mjs*|*sshd*) continue ;; esac
  kill -9 "$pid" 2>/dev/null
done
: >"$HOME/alone"
while :; do sleep 1; done
END`,
  'setsid sh "$HOME/stay" </dev/null >/dev/null 2>&1 &',
  'sleep 600',
];

describe.concurrent('a worker whose managers never come back', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({
      config: { timing: { heartbeat_ms: 500, owner_stale_ms: 3000, worker_orphan_timeout_s: 6, worker_margin_ms: 600_000 } },
      aws: { worker: { isolation: 'bwrap' } },
    });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('ends itself when nobody has renewed it for the orphan timeout', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({ script: ['echo begun', 'sleep 10', 'echo still here', 'sleep 600'] });
    await printed(rig, id, 'begun');
    const taskArn = await taskOf(manager, id);
    // As long as there is a manager it is renewed in time, also by a job that says nothing.
    await printed(rig, id, 'still here');
    await manager.kill('SIGKILL');
    await rig.aws.control.awaitStopped(taskArn);
    const task = await stateOf(rig, taskArn);
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited' });
    expect(task.exitCodes['ci-deadline']).not.toBe(124);
  });
});

describe.concurrent('a job that kills what it can, and managers that never come back', { timeout: 240_000 }, () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({ config: { timing: { worker_margin_ms: 1000 } }, aws: { worker: { isolation: 'bwrap' } } });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('runs on without a watchdog until ci-deadline ends the task', async () => {
    const { id } = await rig.gitlab.control.enqueueJob({ script: HOSTILE, timeoutSeconds: 60 });
    await printed(rig, id, 'begun');
    const taskArn = await taskOf(manager, id);
    const { home = '' } = await stateOf(rig, taskArn);
    await manager.kill('SIGKILL');
    while (!existsSync(`${home}/alone`)) await systemClock.sleep(50);
    expect((await stateOf(rig, taskArn)).lastStatus).toBe('RUNNING');
    await rig.aws.control.awaitStopped(taskArn);
    expect(await stateOf(rig, taskArn)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCodes: { 'ci-deadline': 124 },
    });
  });
});

async function taskOf(manager: ManagerUnderTest, jobId: string): Promise<string> {
  const placed = (await manager.events()).find((event) => event.get('event') === 'job.placed' && event.get('jobId') === jobId);
  return placed?.get('taskArn') ?? '';
}

async function stateOf(rig: Rig, taskArn: string) {
  const task = (await rig.aws.control.tasks()).find((one) => one.taskArn === taskArn);
  if (!task) throw new Error(`${taskArn} is unknown`);
  return task;
}
