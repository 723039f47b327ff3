import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Environment, proxySettings } from '@fargate-gitlab-runner/config';
import { startGitLabEmulator } from '@fargate-gitlab-runner/emulator-gitlab';
import { Scope, Secret, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { never } from './coordinator-rig.test-double.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';
import { HurriedClock } from './hurried-clock.test-double.ts';

/** The name that only the proxy knows, as in a closed network. */
const NAME = 'gitlab.internal';
const run = promisify(execFile);
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fgr-proxies-'));
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', [
    ...kind,
    '-subj',
    `/CN=${NAME}`,
    '-addext',
    `subjectAltName=DNS:${NAME}`,
    '-keyout',
    at('key'),
    '-out',
    at('cert'),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A forward proxy that takes every name for the stand-in GitLab: absolute addresses for http, CONNECT for https. */
class SmallProxy implements AsyncDisposable {
  /** What was asked of it. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(target: number) {
    this.#server = createServer((incoming, outgoing) => {
      this.asked.push(`${incoming.method} ${incoming.url}`);
      const { pathname, search } = new URL(incoming.url ?? '');
      const { method, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port: target, path: `${pathname}${search}`, method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    this.#server.on('connect', (incoming, socket, head) => {
      this.asked.push(`CONNECT ${incoming.url}`);
      const onward = connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
  }

  static async open(target: number): Promise<SmallProxy> {
    const proxy = new SmallProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address: AddressInfo | string | null = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A stand-in GitLab, a proxy before it, and a coordinator with what the environment says about proxies. */
async function startRig(scheme: 'http' | 'https', environmentOf: (proxy: string) => Environment) {
  const scope = new Scope();
  const tls = scheme === 'https' ? { tls: { certFile: at('cert'), keyFile: at('key') } } : {};
  const gitlab = scope.use('emulator', await startGitLabEmulator(tls, { clock: systemClock, random: seededRandom(7) }));
  const proxy = scope.use('proxy', await SmallProxy.open(Number(new URL(gitlab.url).port)));
  const { token } = await gitlab.control.createRunner({});
  const settings = {
    url: `${scheme}://${NAME}`,
    systemId: 'r_0123456789ab',
    version: '1',
    revision: 'x',
    proxy: proxySettings(environmentOf(proxy.url)),
    ...(scheme === 'https' ? { caFile: at('cert') } : {}),
  };
  const api = new GitlabApi(settings, { clock: new HurriedClock(), random: seededRandom(1) });
  const coordinator = scope.use('coordinator', new HttpCoordinator(api));
  return {
    control: gitlab.control,
    proxy,
    ask: () => coordinator.request({ name: 'dev', token: new Secret(token) }, { isLongPoll: false }, never),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

it('HTTP_PROXY carries a job to a manager that can not reach GitLab itself', async () => {
  await using rig = await startRig('http', (HTTP_PROXY) => ({ HTTP_PROXY }));
  await rig.control.enqueueJob({ name: 'by proxy' });
  expect(await rig.ask()).toMatchObject({ kind: 'job' });
  expect(rig.proxy.asked).toEqual([`POST http://${NAME}/api/v4/jobs/request`]);
  expect(await rig.control.findings()).toEqual([]);
});

it('HTTPS_PROXY is asked for a tunnel, in which GitLab shows its own certificate', async () => {
  await using rig = await startRig('https', (https_proxy) => ({ https_proxy, HTTP_PROXY: 'http://127.0.0.1:1' }));
  await rig.control.enqueueJob({ name: 'by tunnel' });
  expect(await rig.ask()).toMatchObject({ kind: 'job' });
  expect(rig.proxy.asked).toEqual([`CONNECT ${NAME}:443`]);
});

it.each(['*', NAME, '.internal', `other.example, ${NAME}:80`])('NO_PROXY=%s leaves the proxy out', async (NO_PROXY) => {
  await using rig = await startRig('http', (HTTP_PROXY) => ({ HTTP_PROXY, NO_PROXY }));
  expect(await rig.ask()).toMatchObject({ kind: 'unavailable' });
  expect(rig.proxy.asked).toEqual([]);
});
