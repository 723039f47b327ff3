import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { seededRandom } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunner, never } from './coordinator-rig.test-double.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';
import { HurriedClock } from './hurried-clock.test-double.ts';
import { TlsFiles } from './tls-files.ts';

/** Two authorities, each with a certificate for 127.0.0.1 and one for a client, made once. */
let folder: string;
const run = promisify(execFile);
const at = (name: string) => join(folder, name);

async function makeAuthority(name: string): Promise<void> {
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', [...made, '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)]);
  await writeFile(at('names'), 'subjectAltName=IP:127.0.0.1');
  for (const leaf of ['server', 'client']) {
    const asked = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${leaf}`];
    await run('openssl', [...asked, '-keyout', at(`${name}-${leaf}.key`), '-out', at(`${name}-${leaf}.csr`)]);
    const signed = ['x509', '-req', '-days', '2', '-CAcreateserial', '-CA', at(`${name}.pem`), '-CAkey', at(`${name}.key`)];
    await run('openssl', [...signed, '-in', at(`${name}-${leaf}.csr`), '-extfile', at('names'), '-out', at(`${name}-${leaf}.pem`)]);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fgr-tls-'));
  await makeAuthority('one');
  await makeAuthority('two');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A GitLab behind the authority `one` that answers 204 and says who the client showed itself as. */
async function startServer(): Promise<AsyncDisposable & { readonly url: string; readonly clients: string[]; readonly server: Server }> {
  const clients: string[] = [];
  const tls = { key: await readFile(at('one-server.key')), cert: await readFile(at('one-server.pem')) };
  const asked = { ...tls, requestCert: true, rejectUnauthorized: false, ca: await readFile(at('one.pem')) };
  const server = createServer(asked, (request, response) => {
    clients.push(request.socket instanceof TLSSocket && request.socket.authorized ? 'known' : 'nobody');
    response.writeHead(204, { connection: 'close' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dispose = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `https://127.0.0.1:${port}`, clients, server, [Symbol.asyncDispose]: dispose };
}

function apiFor(url: string, files: { caFile?: string; clientCertFile?: string; clientKeyFile?: string }) {
  const settings = { url, systemId: 'r_0123456789ab', version: '1', revision: 'x', ...files };
  return new GitlabApi(settings, { clock: new HurriedClock(), random: seededRandom(1) });
}

async function kindOf(api: GitlabApi): Promise<string> {
  return (await new HttpCoordinator(api).request(aRunner, { isLongPoll: false }, never)).kind;
}

describe('TLS', () => {
  it('50: a server behind a private authority is trusted with its certificate and not without', async () => {
    await using gitlab = await startServer();
    await using stranger = apiFor(gitlab.url, {});
    await using friend = apiFor(gitlab.url, { caFile: at('one.pem') });
    expect([await kindOf(stranger), await kindOf(friend)]).toEqual(['unavailable', 'none']);
    expect(friend.serverTls).toEqual({ caPem: await readFile(at('one.pem'), 'utf8') });
  });

  it('50: a client certificate is shown when there are both files, and jobs get it too', async () => {
    await using gitlab = await startServer();
    const [caFile, clientCertFile, clientKeyFile] = [at('one.pem'), at('one-client.pem'), at('one-client.key')];
    await using half = apiFor(gitlab.url, { caFile, clientCertFile });
    await using whole = apiFor(gitlab.url, { caFile, clientCertFile, clientKeyFile });
    for (const api of [half, whole]) await kindOf(api);
    expect(gitlab.clients).toEqual(['nobody', 'known']);
    expect(half.serverTls).not.toHaveProperty('clientCertPem');
    expect(whole.serverTls).toMatchObject({
      clientCertPem: await readFile(clientCertFile, 'utf8'),
      clientKeyPem: await readFile(clientKeyFile, 'utf8'),
    });
  });

  it('50: a file that has changed counts from the next request on', async () => {
    await using gitlab = await startServer();
    const caFile = at('changing.pem');
    await copyFile(at('two.pem'), caFile);
    await using api = apiFor(gitlab.url, { caFile });
    expect(await kindOf(api)).toBe('unavailable');
    await copyFile(at('one.pem'), caFile);
    await utimes(caFile, new Date(), new Date(Date.now() + 5000));
    expect(await kindOf(api)).toBe('none');
  });

  it('50: without a configured authority a job gets the chain that was verified', async () => {
    await using gitlab = await startServer();
    // The system's own authorities can't be changed in a test: the file goes away after the connection was verified with it.
    const caFile = at('passing.pem');
    await copyFile(at('one.pem'), caFile);
    await using api = apiFor(gitlab.url, { caFile });
    await kindOf(api);
    await rm(caFile);
    await kindOf(api);
    const pem = (text: string) => text.replaceAll(/\s/g, '');
    expect(pem(api.serverTls?.caPem ?? '')).toBe(
      pem((await readFile(at('one-server.pem'), 'utf8')) + (await readFile(at('one.pem'), 'utf8'))),
    );
  });

  it('50: over plain http there is nothing for jobs', async () => {
    await using api = apiFor('http://127.0.0.1:1', { caFile: at('one.pem') });
    await kindOf(api);
    expect(api.serverTls).toBeUndefined();
  });
});

describe('the TLS files', () => {
  it('50: that are missing count as not given; those that cannot be read are told, and the old ones go on to count', async () => {
    const told: string[] = [];
    const caFile = at('read.pem');
    await copyFile(at('one.pem'), caFile);
    const files = new TlsFiles({ caFile, clientCertFile: at('nowhere.pem'), clientKeyFile: at('one-client.key') }, (file) =>
      told.push(file),
    );
    const first = await files.current();
    expect([Object.keys(first), await files.current()]).toEqual([['ca'], first]);
    await rm(caFile);
    await run('mkdir', [caFile]);
    expect(await files.current()).toEqual(first);
    expect(told).toEqual([caFile]);
  });
});
