import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig } from './rig.test-double.ts';

const run = promisify(execFile);
let folder: string;
let certFile: string;
let keyFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-gitlab-tls-'));
  certFile = join(folder, 'cert.pem');
  keyFile = join(folder, 'key.pem');
  const names = ['-subj', '/CN=gitlab.test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', ['req', ...kind, ...names, '-keyout', keyFile, '-out', certFile]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function status(url: string, tls: ConstructorParameters<typeof Agent>[0]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent: new Agent(tls) }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });
}

test('with certificate and key the address speaks TLS: who knows the authority is served, who does not is not', async () => {
  await using rig = await startRig({ tls: { certFile, keyFile } });
  const url = `${rig.gitlab.url}/api/v4/runners/router/discovery`;
  const ca = await readFile(certFile);
  expect(rig.gitlab.url).toMatch(/^https:/);
  expect(await status(url, { ca })).toBe(403);
  await expect(status(url, {})).rejects.toThrow('self-signed certificate');
});

test('with an authority for clients, only a client with a certificate of it is served', async () => {
  await using rig = await startRig({ tls: { certFile, keyFile, clientCaFile: certFile } });
  const url = `${rig.gitlab.url}/api/v4/runners/router/discovery`;
  const [ca, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  expect(await status(url, { ca, cert: ca, key })).toBe(403);
  await expect(status(url, { ca })).rejects.toThrow();
});
