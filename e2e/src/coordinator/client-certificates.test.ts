import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeRig, Rig, runJob, SLIM_FAMILY } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Both ways of artifacts: a worker that exchanges them by itself, and one whose manager does. */
const WAYS = ['whole', 'slim'] as const;

let folder: string;
let rig: Rig;
let project: string;
const at = (name: string) => join(folder, `${name}.pem`);

/** An authority, a certificate of it for the server and one for clients; `stranger` is of no authority. */
async function makeCertificates(): Promise<void> {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const own = (name: string) => ['req', '-x509', ...kind, '-subj', `/CN=${name}`, '-keyout', at(`${name}-key`), '-out', at(name)];
  await run('openssl', own('authority'));
  await run('openssl', own('stranger'));
  await writeFile(at('names'), 'subjectAltName=IP:127.0.0.1');
  for (const name of ['server', 'client']) {
    await run('openssl', ['req', ...kind.slice(0, -2), '-subj', `/CN=${name}`, '-keyout', at(`${name}-key`), '-out', at(`${name}-asked`)]);
    const signed = ['-CA', at('authority'), '-CAkey', at('authority-key'), '-CAcreateserial', '-extfile', at('names'), '-days', '2'];
    await run('openssl', ['x509', '-req', '-in', at(`${name}-asked`), ...signed, '-out', at(name)]);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fgr-client-certificates-'));
  await makeCertificates();
  rig = await Rig.start({
    gitlab: { tls: { certFile: at('server'), keyFile: at('server-key'), clientCaFile: at('authority') } },
    hasSlimWorkers: true,
    runners: [
      { name: 'whole', tags: ['whole'] },
      { name: 'slim', tags: ['slim'], entry: { worker_task_definition_arn: SLIM_FAMILY } },
    ],
    config: { ca_file: at('authority'), client_cert_file: at('client'), client_key_file: at('client-key') },
  });
  project = (await rig.createProject({ 'file.txt': 'from the repository\n' })).path;
  await rig.startManager();
});
afterAll(async () => {
  await closeRig(rig);
  await rm(folder, { recursive: true, force: true });
});

describe.each(WAYS)('a GitLab that serves nobody without a certificate, and a worker that is %s', (way) => {
  it('gives sources, takes artifacts and gives them back', async () => {
    const spec = { project, tags: [way] };
    const made = await runJob(rig, { ...spec, name: 'make', script: ['cat file.txt'], payload: { artifacts: [{ paths: ['file.txt'] }] } });
    expect(made.job.status, made.text).toBe('success');
    expect(made.lines).toContain('from the repository');
    expect(made.lines).toContain('Uploading artifacts as "archive" to coordinator... 201 Created');
    const dependencies = [{ id: Number(made.job.id), name: 'make', artifacts_file: { filename: 'x.zip' } }];
    const used = await runJob(rig, { ...spec, script: ['git fetch -q && echo fetched'], payload: { dependencies } });
    expect(used.job.status, used.text).toBe('success');
    expect(used.lines).toContain('Downloading artifacts from coordinator... ok 200 OK');
    expect(used.lines).toContain('fetched');
    expect(used.text).not.toContain('PRIVATE KEY');
  });

  it('gives nothing to a job that shows another one, which fails readably', async () => {
    const file = (key: string, value: string) => ({ key, value, file: true });
    const pem = async (name: string) => (await run('cat', [at(name)])).stdout;
    const variables = [file('CI_SERVER_TLS_CERT_FILE', await pem('stranger')), file('CI_SERVER_TLS_KEY_FILE', await pem('stranger-key'))];
    const { job, text } = await runJob(rig, { project, tags: [way], variables, script: ['echo never'] });
    expect([job.status, job.failureReason], text).toEqual(['failed', 'script_failure']);
    expect(text).toMatch(
      /^fatal: unable to access 'https:\/\/127\.0\.0\.1:\d+\/group\/project\.git\/': The requested URL returned error: 400$/m,
    );
  });
});
