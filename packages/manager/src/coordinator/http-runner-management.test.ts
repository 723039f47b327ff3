import { Scope, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { never } from './coordinator-rig.test-double.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpRunnerManagement } from './http-runner-management.ts';
import { HurriedClock } from './hurried-clock.test-double.ts';
import { RecordingServer, type Reply } from './recording-server.test-double.ts';

const token = new Secret('GR1348941abc');
const made = new Secret('glrt-made');
const attributes = { description: 'ci_dev', tags: ['a', 'b'], runUntagged: false, locked: true, paused: false } as const;
const issued: Reply = {
  status: 201,
  headers: { 'content-type': 'application/json' },
  body: '{"id":12,"token":"glrtr-new","token_expires_at":"2026-02-01T00:00:00.000Z"}',
};

async function startRig(...replies: readonly Reply[]) {
  const scope = new Scope();
  const server = scope.use('server', await RecordingServer.open(...replies));
  const settings = { url: server.url, systemId: 'r_0123456789ab', version: '1', revision: 'x' };
  const api = scope.use('api', new GitlabApi(settings, { clock: new HurriedClock(), random: seededRandom(1) }));
  return { management: new HttpRunnerManagement(api), server, [Symbol.asyncDispose]: () => scope.close() };
}

describe('runner management', () => {
  it('44: registers with tags as one string, what is yes or no always said, what is empty left out', async () => {
    await using rig = await startRig(issued);
    const verdict = await rig.management.register(token, attributes, never);
    expect(verdict).toMatchObject({ kind: 'issued', id: '12', expiresAt: Date.UTC(2026, 1, 1) });
    expect(verdict.kind === 'issued' && verdict.token.reveal()).toBe('glrtr-new');
    const { method, url, headers } = rig.server.calls[0] ?? {};
    expect([method, url, headers?.['runner-token']]).toEqual(['POST', '/api/v4/runners', token.reveal()]);
    const { info, ...body } = rig.server.json(0);
    expect(info).toMatchObject({ executor: 'custom' });
    expect(body).toEqual({
      token: token.reveal(),
      tag_list: 'a,b',
      run_untagged: false,
      locked: true,
      paused: false,
      description: 'ci_dev',
    });
  });

  it('44: a runner without tags takes untagged jobs, or it would take none', async () => {
    await using rig = await startRig(issued);
    const all = { ...attributes, tags: [], maintenanceNote: 'note', accessLevel: 'ref_protected', maximumTimeoutS: 900 } as const;
    await rig.management.register(token, all, never);
    const body = rig.server.json(0);
    expect(body).toMatchObject({ run_untagged: true, maintenance_note: 'note', access_level: 'ref_protected', maximum_timeout: 900 });
    expect(body).not.toHaveProperty('tag_list');
  });

  it('44: removes one manager of a runner that was made in GitLab, and the whole runner otherwise', async () => {
    await using rig = await startRig({ status: 204 });
    expect(await rig.management.unregisterManager(made, 'r_0123456789ab', never)).toEqual({ kind: 'removed' });
    expect(await rig.management.unregister(token, never)).toEqual({ kind: 'removed' });
    expect(rig.server.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'DELETE /api/v4/runners/managers',
      'DELETE /api/v4/runners',
    ]);
    expect(rig.server.json(0)).toEqual({ token: 'glrt-made', system_id: 'r_0123456789ab' });
    expect(rig.server.json(1)).toEqual({ token: token.reveal() });
    expect(rig.server.calls[0]?.headers).not.toHaveProperty('accept');
  });

  it('46: asks for a new token with the old one in the body alone', async () => {
    await using rig = await startRig({ ...issued, body: '{"token":"glrt-next"}' });
    expect(await rig.management.resetToken(made, never)).toEqual({ kind: 'issued', token: new Secret('glrt-next') });
    expect(rig.server.json(0)).toEqual({ token: 'glrt-made' });
    expect(rig.server.calls[0]?.headers).not.toHaveProperty('runner-token');
  });

  it('creates a runner with a personal token', async () => {
    await using rig = await startRig(issued);
    await rig.management.create(new Secret('glpat-x'), { ...attributes, scope: { kind: 'group', id: '9' } }, never);
    expect(rig.server.calls[0]).toMatchObject({ method: 'POST', url: '/api/v4/user/runners', headers: { 'private-token': 'glpat-x' } });
    expect(rig.server.json(0)).toMatchObject({ runner_type: 'group_type', group_id: 9, tag_list: ['a', 'b'] });
    await rig.management.resetTokenOf('12', new Secret('glpat-x'), never);
    expect(rig.server.calls[1]?.url).toBe('/api/v4/runners/12/reset_authentication_token');
  });

  it.each([
    [400, 'refused'],
    [403, 'refused'],
    [410, 'refused'],
    [200, 'unavailable'],
    [503, 'unavailable'],
  ] as const)('44: only 201 is a yes: %i is %s', async (status, kind) => {
    await using rig = await startRig({ ...issued, status });
    expect(await rig.management.register(token, attributes, never)).toMatchObject({ kind });
  });

  it('a token in an answer that is no JSON is none', async () => {
    await using rig = await startRig({ ...issued, headers: { 'content-type': 'text/html' } });
    expect(await rig.management.register(token, attributes, never)).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    [404, 'missing'],
    [403, 'refused'],
    [500, 'unavailable'],
  ] as const)('a removal that is answered %i is %s', async (status, kind) => {
    await using rig = await startRig({ status });
    expect(await rig.management.unregister(token, never)).toMatchObject({ kind });
  });
});
