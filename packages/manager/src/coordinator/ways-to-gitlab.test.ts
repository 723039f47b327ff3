import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Scope, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { aRunner, never } from './coordinator-rig.test-double.ts';
import { GitlabApi, type GitlabApiSettings } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';
import { HurriedClock } from './hurried-clock.test-double.ts';
import { RecordingServer, type Reply } from './recording-server.test-double.ts';

const identity = { systemId: 'r_0123456789ab', version: '1', revision: 'x' };

async function startRig(more: Partial<GitlabApiSettings>, ...replies: readonly Reply[]) {
  const scope = new Scope();
  const server = scope.use('server', await RecordingServer.open(...replies));
  const settings = { url: server.url, ...identity, ...more };
  const coordinator = scope.use(
    'coordinator',
    new HttpCoordinator(new GitlabApi(settings, { clock: new HurriedClock(), random: seededRandom(1) })),
  );
  return { server, ask: () => coordinator.request(aRunner, { isLongPoll: false }, never), [Symbol.asyncDispose]: () => scope.close() };
}

describe('redirects', () => {
  it('are followed with the same request where they stay with the same server', async () => {
    await using rig = await startRig({}, { status: 308, headers: { location: '/elsewhere/jobs/request' } }, { status: 204 });
    expect(await rig.ask()).toEqual({ kind: 'none' });
    const [first, second] = rig.server.calls;
    expect([second?.method, second?.url, second?.body]).toEqual(['POST', '/elsewhere/jobs/request', first?.body]);
    expect(second?.headers['runner-token']).toBe(aRunner.token.reveal());
  });

  it('are not followed where the request would become another one, nor for ever', async () => {
    await using changing = await startRig({}, { status: 302, headers: { location: '/elsewhere' } });
    await changing.ask();
    expect(changing.server.calls).toHaveLength(1);
    await using turning = await startRig({}, { status: 307, headers: { location: '/api/v4/jobs/request' } });
    expect(await turning.ask()).toMatchObject({ kind: 'unavailable' });
    expect(turning.server.calls).toHaveLength(11);
  });
});

describe('proxies', () => {
  it('carry what is for a GitLab that is not on this machine', async () => {
    await using gitlab = await RecordingServer.open({ status: 204 });
    const asked: string[] = [];
    // The name is only known to the proxy, as in a closed network.
    const proxy = createServer((incoming, outgoing) => {
      asked.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization'] ?? ''}`);
      const path = new URL(incoming.url ?? '', 'http://x').pathname;
      const onward = request(new URL(path, gitlab.url), { method: incoming.method, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    await using _listening = await listening(proxy);
    const http = new Secret(`http://user:secret@127.0.0.1:${portOf(proxy)}`);
    await using rig = await startRig({ url: 'http://gitlab.internal', proxy: { http, none: '' } });
    expect(await rig.ask()).toEqual({ kind: 'none' });
    expect(asked).toEqual([`POST http://gitlab.internal/api/v4/jobs/request Basic ${Buffer.from('user:secret').toString('base64')}`]);
    expect(gitlab.calls[0]?.headers['runner-token']).toBe(aRunner.token.reveal());
  });
});

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listening(server: Server): Promise<AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispose = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { [Symbol.asyncDispose]: dispose };
}
