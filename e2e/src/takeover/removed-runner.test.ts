import { readFile, writeFile } from 'node:fs/promises';
import { closeRig, endedJob, everyTaskStopped, printed, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('a runner that is taken out of the configuration while its job runs', { timeout: 180_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      config: { timing: { heartbeat_ms: 100, owner_stale_ms: 400 } },
      runners: [
        { name: 'kept', tags: ['kept'] },
        { name: 'removed', tags: ['removed'] },
      ],
    });
  });
  afterAll(() => closeRig(rig));

  /** Writes the configuration anew, without this runner. */
  async function remove(name: string): Promise<void> {
    const document: { managers_configs: Record<string, object>; gitlab_token: Record<string, string> } = JSON.parse(
      await readFile(rig.configFile, 'utf8'),
    );
    delete document.managers_configs[name];
    delete document.gitlab_token[name];
    await writeFile(rig.configFile, JSON.stringify(document));
  }

  it('has its job ended by a successor, which says why and leaves no task', async () => {
    const first = await rig.startManager();
    const { id } = await rig.gitlab.control.enqueueJob({ tags: ['removed'], script: ['echo begun', 'sleep 600', 'echo never'] });
    await printed(rig, id, 'begun');
    await first.kill('SIGTERM');
    await remove('removed');
    await rig.startManager();
    const { job, lines } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(lines.findLast(Boolean)).toContain('ERROR: Job failed (system failure): no manager has the runner "removed" any more.');
    expect([lines.filter((line) => line === 'begun'), lines.includes('never')]).toEqual([['begun'], false]);
    await everyTaskStopped(rig);
  });
});
