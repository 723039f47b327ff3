import { assertWholeTrace, closeRig, type ManagerUnderTest, Rig, runJob } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const UNKNOWN = 'glrt-unknownUNKNOWN000001';

describe('a runner whose token GitLab does not know', () => {
  let rig: Rig;
  let manager: ManagerUnderTest;
  beforeAll(async () => {
    rig = await Rig.start({
      runners: [
        { name: 'known', tags: ['known'] },
        { name: 'unknown', tags: ['unknown'], token: UNKNOWN },
      ],
    });
    manager = await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('is named in the log and rests, while the other runner works', async () => {
    await manager.logged('runner.unhealthy');
    const { job, lines } = await runJob(rig, { tags: ['known'], script: ['echo "it works"'] });
    expect(job.status).toBe('success');
    expect(lines.filter((line) => line === 'it works')).toHaveLength(1);
    const events = await manager.events();
    const about = (name: string) => events.filter((event) => event.get('event') === name).map((event) => event.get('runner'));
    expect(about('runner.refused')).toEqual(['unknown']);
    expect(about('runner.unhealthy')).toEqual(['unknown']);
    expect(about('runner.verified')).toEqual(['known']);
    expect(await manager.log()).not.toContain(UNKNOWN);
    const polls = (await rig.gitlab.control.requests()).filter(
      ({ route, json }) => route === 'request' && JSON.stringify(json).includes(UNKNOWN),
    );
    expect(polls.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  it('leaves the trace of the other whole', async () => {
    for (const { id } of await rig.gitlab.control.jobs()) await assertWholeTrace(rig, id);
    expect(manager.exitCode).toBeNull();
  });
});
