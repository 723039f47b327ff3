import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingServer, type Reply } from '../../coordinator/recording-server.test-double.ts';
import { JOB_TOKEN } from '../../shell/worker-rig.contract.ts';
import { DEPENDENCY_TOKEN, managerCalls, workerCalls } from './artifact-caller.contract.ts';

const EXISTS: Reply = {
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"another artifact of the same type already exists"}',
};

/** Folder of a certificate for 127.0.0.1 that signs itself, and of its key. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifact-calls-'));
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=gitlab', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const times = (count: number, reply: Reply) => Array.from({ length: count }, () => reply);
const query = (url: string) => Object.fromEntries(new URL(url, 'http://x').searchParams);

describe.each([
  ['a worker that has curl', workerCalls],
  ['a manager that relays', managerCalls],
])('%s', { timeout: 60_000 }, (_who, caller) => {
  it('37: uploads one part called file, with its token, and says no option that is not set', async () => {
    await using server = await RecordingServer.open({ status: 201 });
    const end = await caller.upload(server.url, { name: 'a "b" \\c %22', format: 'zip' });
    await caller.upload(server.url, { name: 'j.xml', format: 'gzip', type: 'junit', expireIn: '1 week' });
    await caller.upload(server.url, { name: 'q.json', format: 'raw', type: 'codequality' });
    expect(end.isDone, end.said).toBe(true);
    expect(server.calls.map(({ method, url }) => [method, url.replace(/\?.*/, ''), query(url)])).toEqual([
      ['POST', '/api/v4/jobs/64/artifacts', { artifact_format: 'zip' }],
      ['POST', '/api/v4/jobs/64/artifacts', { artifact_format: 'gzip', artifact_type: 'junit', expire_in: '1 week' }],
      ['POST', '/api/v4/jobs/64/artifacts', { artifact_format: 'raw', artifact_type: 'codequality' }],
    ]);
    for (const { headers } of server.calls) {
      expect(headers['job-token']).toBe(JOB_TOKEN);
      expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
      expect(headers['user-agent']).toMatch(/^fargate-gitlab-runner /);
    }
    const parts = server.calls.map(({ body }) => /Content-Disposition: (.*)\r\n/i.exec(body.toString('latin1'))?.[1]);
    expect(parts).toEqual([
      'form-data; name="file"; filename="a \\"b\\" \\\\c %22.zip"',
      'form-data; name="file"; filename="j.xml.gz"',
      'form-data; name="file"; filename="q.json"',
    ]);
  });

  it.each<readonly [string, readonly Reply[], readonly number[], boolean]>([
    ['38: gives an upload up at once after 403', [{ status: 403 }], [], false],
    ['38: gives an upload up at once after 413', [{ status: 413 }], [], false],
    ['38: uploads six times while GitLab answers 503', times(7, { status: 503 }), [1, 2, 4, 5, 5], false],
    ['38: uploads three times whatever else is answered', times(4, { status: 501 }), [1, 2], false],
    ['38: uploads three times while GitLab answers 400', times(4, { status: 400 }), [1, 2], false],
    ['uploads six times while GitLab answers 500', times(7, { status: 500 }), [1, 2, 4, 5, 5], false],
    ['uploads six times while nobody answers', times(7, { cut: 'before' }), [1, 2, 4, 5, 5], false],
    ['takes a 201 after all that passes', [500, 502, 504, 520, 408, 201].map((status) => ({ status })), [1, 2, 4, 5, 5], true],
    ['38: takes a 201 after 503', [...times(5, { status: 503 }), { status: 201 }], [1, 2, 4, 5, 5], true],
    ['uploads six times while GitLab answers 429 and does not say how long', times(7, { status: 429 }), [1, 2, 4, 5, 5], false],
    ['waits as long as a 429 says', [{ status: 429, headers: { 'retry-after': '7' } }, { status: 201 }], [7], true],
    ['waits no longer than a minute', [{ status: 503, headers: { 'retry-after': '900' } }, { status: 201 }], [60], true],
    ['uploads again when the connection is cut', [{ cut: 'before' }, { status: 201 }], [1], true],
    ['takes "already exists" for success when a try was cut', [{ cut: 'before' }, EXISTS], [1], true],
    ['does not take "already exists" for success otherwise', times(4, EXISTS), [1, 2], false],
  ])('%s', async (_title, replies, pauses, isDone) => {
    await using server = await RecordingServer.open(...replies);
    const end = await caller.upload(server.url);
    expect({ pauses: end.pauses, isDone: end.isDone }, end.said).toEqual({ pauses, isDone });
    expect(server.calls).toHaveLength(pauses.length + 1);
    const bodies = server.calls.map(({ body }) => body.toString('latin1').replaceAll(/-{4,}\w+|^--\w+/gm, ''));
    expect(new Set(bodies).size).toBe(1);
    expect(end.said).not.toMatch(/no such file|cannot open|can't open/i);
  });

  it.each([307, 308])('uploads the same to the scheme and host that a %d names, and to nothing else there', async (status) => {
    await using other = await RecordingServer.open({ status: 201 });
    await using server = await RecordingServer.open({ status, headers: { location: `${other.url}/collect?the=token` } });
    const end = await caller.upload(server.url, { format: 'zip', type: 'archive' });
    expect(end.isDone, end.said).toBe(true);
    expect(server.calls).toHaveLength(1);
    expect(other.calls.map(({ method, url }) => [method, url])).toEqual([['POST', server.calls[0]?.url]]);
  });

  it('sends no token from HTTPS to HTTP, and says why the upload failed', async () => {
    await using other = await RecordingServer.open({ status: 201 });
    const certificate = { cert: await readFile(join(folder, 'cert'), 'utf8'), key: await readFile(join(folder, 'key'), 'utf8') };
    const reply = { status: 307, headers: { location: `${other.url}/api/v4/jobs/64/artifacts` } };
    await using server = await RecordingServer.openTls(certificate, reply);
    const end = await caller.upload(server.url, { format: 'zip', caFile: join(folder, 'cert') });
    expect([end.isDone, server.calls.length, other.calls.length], end.said).toEqual([false, 3, 0]);
    expect(end.said).toContain(`sent on to ${other.url}, which is not HTTPS any more: the token does not go there`);
  });

  it('40: downloads by id and token of the dependency, and asks for a redirect only at first', async () => {
    await using server = await RecordingServer.open({ status: 500 }, { status: 502 }, { status: 404 });
    const end = await caller.download(server.url);
    expect([end.isDone, end.pauses]).toEqual([false, [1, 1]]);
    expect(server.calls.map(({ method, url, headers }) => [method, url, headers['job-token']])).toEqual([
      ['GET', '/api/v4/jobs/4090/artifacts?direct_download=true', DEPENDENCY_TOKEN],
      ['GET', '/api/v4/jobs/4090/artifacts', DEPENDENCY_TOKEN],
      ['GET', '/api/v4/jobs/4090/artifacts', DEPENDENCY_TOKEN],
    ]);
  });

  it('41: gives no token to another origin that it is sent to', async () => {
    await using storage = await RecordingServer.open({ status: 403 });
    await using server = await RecordingServer.open({ status: 302, headers: { location: `${storage.url}/bucket/key?X-Amz-Signature=s` } });
    const end = await caller.download(server.url);
    expect(end.isDone).toBe(false);
    expect(storage.calls.map(({ url }) => url)).toEqual(['/bucket/key?X-Amz-Signature=s']);
    expect(JSON.stringify(storage.calls.map(({ headers }) => headers))).not.toContain('glcbt');
    expect(Object.keys(storage.calls[0]?.headers ?? {})).not.toContain('job-token');
  });

  it.each<readonly [string, readonly Reply[], readonly number[]]>([
    ['42: downloads once after 401', [{ status: 401 }], []],
    ['42: downloads once after 403', [{ status: 403 }], []],
    ['42: downloads once after 404', [{ status: 404 }], []],
    ['42: downloads twice more after 5xx', times(4, { status: 500 }), [1, 1]],
    ['42: downloads twice more after a cut connection', times(4, { cut: 'before' }), [1, 1]],
    ['42: downloads twice more after one that is cut in the middle', times(4, { status: 200, body: 'PK', cut: 'body' }), [1, 1]],
    ['downloads six times while GitLab answers 503', times(7, { status: 503 }), [1, 2, 4, 5, 5]],
    ['downloads six times while GitLab answers 429', times(7, { status: 429 }), [1, 2, 4, 5, 5]],
    ['waits before a download as long as a 429 says', [{ status: 429, headers: { 'retry-after': '7' } }, { status: 404 }], [7]],
  ])('%s', async (_title, replies, pauses) => {
    await using server = await RecordingServer.open(...replies);
    const end = await caller.download(server.url);
    expect({ pauses: end.pauses, isDone: end.isDone }, end.said).toEqual({ pauses, isDone: false });
    expect(server.calls).toHaveLength(pauses.length + 1);
  });
});

describe('a manager that goes on with what another had begun', () => {
  it('takes "already exists" for success: the other may have uploaded it', async () => {
    await using server = await RecordingServer.open(EXISTS);
    const end = await managerCalls.upload(server.url, { format: 'zip', isAgain: true });
    expect([end.isDone, end.said, server.calls.length]).toEqual([true, '201 Created', 1]);
  });
});
