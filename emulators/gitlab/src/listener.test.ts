import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig } from './rig.test-double.ts';

const run = promisify(execFile);
/** @hono/node-server, `DRAIN_TIMEOUT_MS`: 500. */
const LONGER_THAN_THE_ADAPTER_WAITS_MS = 700;

let folder: string;
let certFile: string;
let keyFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-gitlab-tls-'));
  [certFile, keyFile] = await makeCertificate('gitlab.test');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A certificate that signs itself, and its key: both as paths. */
async function makeCertificate(name: string): Promise<[string, string]> {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', cert]);
  return [cert, key];
}

function answer(url: string, tls: ConstructorParameters<typeof Agent>[0]): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: new Agent(tls) }, async (message) => {
      resolve({ status: message.statusCode, text: await text(message) });
    }).on('error', reject);
  });
}

test('with certificate and key the address speaks TLS: who knows the authority is served, who does not is not', async () => {
  await using rig = await startRig({ tls: { certFile, keyFile } });
  const url = `${rig.gitlab.url}/api/v4/runners/router/discovery`;
  const ca = await readFile(certFile);
  expect(rig.gitlab.url).toMatch(/^https:/);
  expect(await answer(url, { ca })).toMatchObject({ status: 403 });
  await expect(answer(url, {})).rejects.toThrow('self-signed certificate');
});

test('with an authority for clients, only a client with a certificate of it is served; the others get what nginx says', async () => {
  await using rig = await startRig({ tls: { certFile, keyFile, clientCaFile: certFile } });
  const url = `${rig.gitlab.url}/api/v4/runners/router/discovery`;
  const [ca, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  expect(await answer(url, { ca, cert: ca, key })).toMatchObject({ status: 403 });
  const none = await answer(url, { ca });
  expect(none).toEqual({ status: 400, text: expect.stringContaining('400 No required SSL certificate was sent') });
  const [strangerCert, strangerKey] = await makeCertificate('stranger');
  const stranger = await answer(url, { ca, cert: await readFile(strangerCert), key: await readFile(strangerKey) });
  expect(stranger).toEqual({ status: 400, text: expect.stringContaining('400 The SSL certificate error') });
});

test('a refused upload may go on for as long as it takes: its client reads the answer, and the connection serves the next request', async () => {
  await using rig = await startRig();
  const socket = connect(rig.gitlab.port, '127.0.0.1');
  let said = '';
  socket.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const isClosed = once(socket, 'close').then(() => true);
  const answers = async (times: number) => {
    while (said.split('HTTP/1.1 ').length - 1 < times) if (await Promise.race([once(socket, 'data').then(() => false), isClosed])) return;
  };
  const head = 'Host: gitlab\r\nJob-Token: wrong\r\n';
  socket.write(`POST /api/v4/jobs/1/artifacts HTTP/1.1\r\n${head}Content-Length: 8\r\n\r\nhalf`);
  await answers(1);
  await systemClock.sleep(LONGER_THAN_THE_ADAPTER_WAITS_MS);
  socket.write(`restPOST /api/v4/jobs/1/artifacts HTTP/1.1\r\n${head}Content-Length: 0\r\n\r\n`);
  await answers(2);
  socket.destroy();
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 403']);
});
