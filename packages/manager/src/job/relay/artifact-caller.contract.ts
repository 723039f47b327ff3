import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import { GitlabApi } from '../../coordinator/gitlab-api.ts';
import { HttpArtifacts } from '../../coordinator/http-artifacts.ts';
import { HurriedClock } from '../../coordinator/hurried-clock.test-double.ts';
import { SUFFIX } from '../../shell/artifacts/artifact-name.ts';
import { JOB_TOKEN, SHELLS, WorkerRig } from '../../shell/worker-rig.contract.ts';
import { tryDownload, tryUpload } from './tries.ts';

/** What calls came to: whether it is done, what is said of it, and how long was waited between tries, in seconds. */
interface CallsEnd {
  readonly isDone: boolean;
  readonly said: string;
  readonly pauses: readonly number[];
}

/** An artifact as GitLab names it. */
interface CalledArtifact {
  readonly name?: string;
  readonly format: 'zip' | 'gzip' | 'raw';
  readonly type?: string;
  readonly expireIn?: string;
  /** An earlier manager had begun with it. */
  readonly isAgain?: boolean;
  /** The file of the authority that GitLab's certificate is of. */
  readonly caFile?: string;
}

/** Somebody who exchanges artifacts with a GitLab at this address. */
export interface ArtifactCaller {
  upload(url: string, artifact?: CalledArtifact): Promise<CallsEnd>;
  /** Of the job 4090, with a token of its own. */
  download(url: string): Promise<CallsEnd>;
}

/** The token of the earlier job. */
export const DEPENDENCY_TOKEN = 'glcbt-64_bbbbbbbbbbbbbbbbbbbb';

/** The manager, when it relays. */
export const managerCalls: ArtifactCaller = {
  async upload(url, { name = 'artifacts', format, type = '', expireIn = '', isAgain = false, caFile } = { format: 'zip' }) {
    await using of = manager(url, caFile);
    const options = { artifact_format: format, artifact_type: type, expire_in: expireIn };
    const end = await tryUpload(
      (origin) => {
        const file = { options, filename: `${name}${SUFFIX[format]}`, content: Readable.from([Buffer.from('content')]) };
        return of.artifacts.upload({ id: '64', token: new Secret(JOB_TOKEN) }, { ...file, ...(origin !== undefined && { origin }) }, never);
      },
      { clock: of.clock, signal: never, mayBeThere: isAgain },
    );
    return { isDone: end.isDone, said: end.cause, pauses: of.clock.sleeps.map((ms) => ms / 1000) };
  },
  async download(url) {
    await using of = manager(url);
    const take = async (bytes: AsyncIterable<Uint8Array>) => {
      for await (const piece of bytes) void piece;
    };
    const job = { id: '4090', token: new Secret(DEPENDENCY_TOKEN) };
    const end = await tryDownload((isDirect) => of.artifacts.download(job, { isDirect, take }, never), { clock: of.clock, signal: never });
    return { isDone: end.isDone, said: end.cause, pauses: of.clock.sleeps.map((ms) => ms / 1000) };
  },
};

/** The worker, with curl; its `sleep` only writes down for how long it was asked to. */
export const workerCalls: ArtifactCaller = {
  async upload(url, { name, format, type, expireIn, caFile } = { format: 'zip' }) {
    const artifact = {
      ...(name !== undefined && { name }),
      paths: ['file'],
      artifact_format: format,
      ...(type !== undefined && { artifact_type: type }),
      ...(expireIn !== undefined && { expire_in: expireIn }),
    };
    const facts = caFile === undefined ? {} : { tlsCaFile: await readFile(caFile, 'utf8') };
    return inWorker({ url, facts }, { artifacts: [artifact] }, 'upload_artifacts_on_success');
  },
  download(url) {
    const dependencies = [
      { id: 4089, name: 'without', token: 'none', artifacts_file: null },
      { id: 4090, name: 'make', token: DEPENDENCY_TOKEN, artifacts_file: { filename: 'artifacts.zip' } },
    ];
    return inWorker({ url, facts: {} }, { dependencies }, 'download_artifacts');
  },
};

const never = new AbortController().signal;

function manager(url: string, caFile?: string) {
  const clock = new HurriedClock();
  const settings = { url, systemId: 'r_0123456789ab', version: '1', revision: 'x', ...(caFile !== undefined && { caFile }) };
  const api = new GitlabApi(settings, { clock, random: seededRandom(1) });
  return {
    clock,
    artifacts: new HttpArtifacts(api, { clock, random: seededRandom(2) }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

async function inWorker(
  { url, facts }: { readonly url: string; readonly facts: { readonly tlsCaFile?: string } },
  wishes: object,
  stage: 'upload_artifacts_on_success' | 'download_artifacts',
): Promise<CallsEnd> {
  await using worker = await WorkerRig.start(SHELLS[0]);
  const bin = join(worker.folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'sleep'), `#!/bin/sh\necho "$1" >>'${worker.folder}/pauses'\n`);
  await chmod(join(bin, 'sleep'), 0o755);
  const env = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` };
  const job = { ...wishes, allow_git_fetch: true, variables: [{ key: 'GIT_STRATEGY', value: 'empty' }] };
  const how = { env, facts, apiUrl: `${url}/api/v4` };
  await worker.run(worker.script(job, 'prepare_script', how), env);
  await worker.run(worker.script(job, 'get_sources', how), env);
  await worker.run(`cd "$(find . -name project-empty -type d)" && echo content > file`, env);
  const { code, output } = await worker.run(worker.script(job, stage, how), env);
  const pauses = await readFile(join(worker.folder, 'pauses'), 'utf8').catch(() => '');
  return { isDone: code === 0, said: output, pauses: pauses.split('\n').filter(Boolean).map(Number) };
}
