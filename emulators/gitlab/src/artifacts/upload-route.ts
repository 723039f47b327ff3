import { Hono } from 'hono';
import { rm } from 'node:fs/promises';
import { badRequest, jsonAnswer } from '../coordinator/api-answer.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Job } from '../coordinator/job.ts';
import { admitted } from '../coordinator/admitted.ts';
import type { ArtifactFormat } from './artifact-type.ts';
import { kindRefusal } from './artifact-type.ts';
import { readDotenvReport } from './dotenv-report.ts';
import { type Expiry, expiryOf } from './expiry.ts';
import { type ReceivedFile, receiveUpload } from './receive-upload.ts';

const MAGIC = { zip: '504b', gzip: '1f8b', raw: '' } as const satisfies Record<ArtifactFormat, string>;
const EXTENSION = { zip: /\.zip$/, gzip: /\.gz$/, raw: /./ } as const satisfies Record<ArtifactFormat, RegExp>;

/**
 * `POST /jobs/:id/artifacts`: one file of an executing job, as multipart form. Order of checks: the job's token, the kinds that the
 * query names, the announced size, then the body as it comes in. The options may also be fields of the form.
 */
export function uploadRoute(coordinator: Coordinator): Hono {
  const app = new Hono();
  app.post('/jobs/:id/artifacts', async (c) => {
    const job = admitted(coordinator, c.req.param('id'), { token: c.req.header('job-token') ?? c.req.query('token'), kind: 'job' });
    if (job instanceof Response) return job;
    const query = new Map(Object.entries(c.req.query()));
    const early = refusedOptions(optionsOf(query));
    if (early) return early;
    const limitBytes = coordinator.knobs.artifactLimitBytes;
    if (Number(c.req.header('content-length') ?? 0) > limitBytes + MAX_FRAME_BYTES) return tooLarge();
    const received = await receiveUpload(c.req.raw, { path: await coordinator.artifacts.newPath(), limitBytes });
    switch (received.kind) {
      case 'too-large':
        return tooLarge();
      case 'no-file':
        return badRequest('file is missing');
      case 'broken':
        return badRequest('the form ended early');
      case 'received':
        return stored(coordinator, job, { file: received, options: optionsOf(new Map([...received.fields, ...query])) });
    }
  });
  return app;
}

/** What a multipart form adds to its file. */
const MAX_FRAME_BYTES = 64 * 1024;

interface Options {
  readonly type: string;
  readonly format: string;
  readonly expireIn: string | undefined;
  readonly accessibility: string | undefined;
}

function optionsOf(given: ReadonlyMap<string, string>): Options {
  return {
    type: given.get('artifact_type') ?? 'archive',
    format: given.get('artifact_format') ?? 'zip',
    expireIn: given.get('expire_in'),
    accessibility: given.get('accessibility'),
  };
}

function refusedOptions({ type, format, accessibility }: Options): Response | undefined {
  const refusal = kindRefusal(type, format);
  if (refusal !== undefined) return badRequest(refusal);
  if (accessibility === undefined || ['public', 'private', 'none'].includes(accessibility)) return undefined;
  return badRequest('accessibility does not have a valid value');
}

async function stored(
  coordinator: Coordinator,
  job: Job,
  { file, options }: { readonly file: ReceivedFile; readonly options: Options },
): Promise<Response> {
  const known = job.artifacts.ofType(options.type);
  const answer = job.isExecuting ? await refused(coordinator, { file, options }) : jsonAnswer(403, { message: '403 Forbidden' });
  if (answer) return forget(file, answer);
  if (known) {
    const isSame = known.sha256 === file.sha256;
    return forget(file, isSame ? created() : jsonAnswer(400, { message: 'another artifact of the same type already exists' }));
  }
  return keep(coordinator, job, { file, options });
}

async function refused(
  coordinator: Coordinator,
  { file, options }: { readonly file: ReceivedFile; readonly options: Options },
): Promise<Response | undefined> {
  const refusal = refusedOptions(options);
  if (refusal) return refusal;
  if (expiry(coordinator, options).kind === 'wrong') return badRequest('expire_in is invalid');
  if (options.type !== 'dotenv') return undefined;
  const report = await readDotenvReport(file.path);
  return report.kind === 'wrong' ? jsonAnswer(400, { message: report.message }) : undefined;
}

async function keep(
  coordinator: Coordinator,
  job: Job,
  { file, options }: { readonly file: ReceivedFile; readonly options: Options },
): Promise<Response> {
  const format = options.format === 'gzip' || options.format === 'raw' ? options.format : 'zip';
  const at = expiry(coordinator, options);
  const { filename, size, sha256, path } = file;
  const expireAt = at.kind === 'at' ? at.at : undefined;
  judgeFile(coordinator, job, { file, format });
  job.artifacts.add({ type: options.type, format, filename, size, sha256, path, expireAt });
  if (options.type === 'dotenv') {
    const report = await readDotenvReport(path);
    if (report.kind === 'variables') job.dotenv = report.variables;
  }
  return created();
}

function judgeFile(
  { findings }: Coordinator,
  job: Job,
  { file, format }: { readonly file: ReceivedFile; readonly format: ArtifactFormat },
): void {
  const start = file.magic.toString('hex');
  if (!start.startsWith(MAGIC[format]))
    findings.push({ rule: 'artifact-format', detail: `${format} that begins with ${start}`, jobId: job.id });
  if (!EXTENSION[format].test(file.filename))
    findings.push({ rule: 'artifact-filename', detail: `${format} is called ${file.filename}`, jobId: job.id });
}

function expiry({ clock }: Coordinator, { expireIn }: Options): Expiry {
  return expiryOf(expireIn, clock.now());
}

async function forget({ path }: ReceivedFile, answer: Response): Promise<Response> {
  await rm(path, { force: true });
  return answer;
}

function created(): Response {
  return jsonAnswer(201, { message: '201 Created' });
}

function tooLarge(): Response {
  return jsonAnswer(413, { message: '413 Request Entity Too Large' });
}
