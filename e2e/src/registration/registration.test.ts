import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitLabControl } from '@fargate-gitlab-runner/emulator-gitlab';
import { closeRig, endedJob, type ManagerUnderTest, printed, programEnd, Rig, runJob } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('a runner with a registration token', () => {
  let rig: Rig;
  const command = (...args: string[]) => programEnd('manager', [...args, '--config', rig.configFile], rig.folder);
  const inGitLab = () => rig.gitlab.control.runners();
  beforeAll(async () => {
    rig = await Rig.start({ runners: [{ name: 'legacy', tags: ['e2e'], token: (control) => control.createRegistrationToken() }] });
  });
  afterAll(() => closeRig(rig));

  it('44: is registered by its first manager; restarts and the command find the same token in the store', async () => {
    const first = await rig.startManager();
    expect((await runJob(rig, { tags: ['e2e'], script: ['echo first'] })).job.status).toBe('success');
    const [registered] = await inGitLab();
    await first.kill('SIGTERM');
    const second = await rig.startManager();
    expect((await runJob(rig, { tags: ['e2e'], script: ['echo second'] })).job.status).toBe('success');
    expect(await command('register')).toEqual({
      code: 0,
      stdout: `legacy: is runner ${registered?.id}; GitLab knows its token\n`,
      stderr: '',
    });
    await second.kill('SIGTERM');
    const runners = await inGitLab();
    expect(runners.map(({ token, managers }) => [token, managers.length])).toEqual([[registered?.token, 1]]);
    expect(
      (await rig.gitlab.control.requests()).filter(({ method, path }) => method === 'POST' && path === '/api/v4/runners'),
    ).toHaveLength(1);
  });

  it('44: loses one manager by the command, or is removed whole; a manager that runs is left alone', async () => {
    const manager = await rig.startManager();
    await manager.logged('runner.verified');
    const [systemId = ''] = (await inGitLab()).flatMap(({ managers }) => managers.map((known) => known.systemId));
    const refused = await command('unregister', '--runner', 'legacy', '--whole-runner');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(`legacy: it is in use.*\\[FR_RUNNER_IN_USE\\][^]*manager ${systemId}`),
    ]);
    await manager.kill('SIGTERM');
    const removed = await command('unregister', '--runner', 'legacy');
    expect(removed).toEqual({ code: 0, stdout: `legacy: manager ${systemId} is removed from GitLab\n`, stderr: '' });
    expect((await inGitLab()).map(({ managers }) => managers)).toEqual([[]]);
    const whole = await command('unregister', '--all', '--whole-runner');
    expect(whole).toEqual({ code: 0, stdout: 'legacy: the runner is removed from GitLab\n', stderr: '' });
    expect(await inGitLab()).toEqual([]);
    const again = await command('unregister', '--all', '--whole-runner');
    expect([again.code, again.stdout]).toEqual([0, 'legacy: was never registered with its registration token; nothing to remove\n']);
    expect(await command('register')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^legacy: registered as runner \d+;/) });
  });

  it('says what is wrong with a command, and asks GitLab nothing', async () => {
    const before = (await rig.gitlab.control.requests()).length;
    expect(await command('register', '--runner', 'other')).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('FR_RUNNER_UNKNOWN'),
    });
    expect(await command('unregister')).toMatchObject({ code: 64, stderr: expect.stringContaining('--all') });
    const both = await command('unregister', '--all', '--whole-runner', '--manager', 'r_0123456789ab');
    expect(both).toMatchObject({ code: 64, stderr: expect.stringContaining('--manager') });
    expect((await rig.gitlab.control.requests()).length).toBe(before);
  });
});

describe("a runner's token that expires", () => {
  let rig: Rig;
  beforeAll(async () => {
    const runner = { name: 'legacy', tags: ['e2e'], token: (control: GitLabControl) => control.createRegistrationToken() };
    rig = await Rig.start({ gitlab: { tokenLifetimeSeconds: 16 }, aws: { worker: { isolation: 'none' } }, runners: [runner] });
  });
  afterAll(() => closeRig(rig));

  it('46: is rotated while a job runs, which goes on, and between jobs; each time the next job is taken with the new one', async () => {
    const { control } = rig.gitlab;
    const manager = await rig.startManager();
    const gate = join(rig.folder, 'gate');
    const script = ['echo begun', `until [ -e '${gate}' ]; do sleep 0.1; done`, 'echo "it goes on"'];
    const { id } = await control.enqueueJob({ tags: ['e2e'], script });
    await printed(rig, id, 'begun');
    const tokens = new Set((await control.runners()).map(({ token }) => token));
    await rotatedOnceMore(manager);
    await writeFile(gate, '');
    const { job, lines } = await endedJob(rig, id);
    expect([job.status, lines.includes('it goes on')]).toEqual(['success', true]);
    await rotatedOnceMore(manager);
    expect((await runJob(rig, { tags: ['e2e'], script: ['true'] })).job.status).toBe('success');
    // The successor has as long as a token lives.
    await rotatedOnceMore(manager);
    await manager.kill('SIGTERM');
    const runners = await control.runners();
    expect([runners.length, runners.filter(({ token }) => tokens.has(token))]).toEqual([1, []]);
    const successor = await rig.startManager();
    expect((await runJob(rig, { tags: ['e2e'], script: ['echo "with the token of the store"'] })).job.status).toBe('success');
    await successor.kill('SIGQUIT');
    expect(await control.findings()).toEqual([]);
  });
});

async function rotatedOnceMore(manager: ManagerUnderTest): Promise<void> {
  const already = (await manager.events()).filter((event) => event.get('event') === 'runner.rotated').length;
  await manager.logged('runner.rotated', already + 1);
}
