import { STATUS_CODES } from 'node:http';
import { type Clock, deadlineSignal, type Random } from '@fargate-gitlab-runner/kernel';
import type { ArtifactExchange, ArtifactFile, ArtifactWanted, DownloadVerdict, UploadVerdict } from './artifact-exchange.ts';
import type { Answered } from './answer.ts';
import { messageOf } from './cause-of-answer.ts';
import type { JobCredentials } from './coordinator.ts';
import type { GitlabApi } from './gitlab-api.ts';
import type { Streamed } from './http-exchange.ts';
import { multipartFile } from './multipart-file.ts';
import { OwnStream } from './own-stream.ts';
import { waitHintOf } from './wait-hint.ts';

const WHOLE_EXCHANGE_MS = 60 * 60_000;
const MOST_REDIRECTS = 10;
const DOWNLOAD_REFUSED: readonly number[] = [401, 403, 404];
const UPLOAD_REFUSED: readonly number[] = [403, 413];

/**
 * Artifacts over HTTP. A download that is sent to another origin asks there without the job's token; an upload goes to the same path there
 * with it, for that is how GitLab has it, but never from HTTPS to HTTP. Source: GitLab runner API, artifacts.
 */
export class HttpArtifacts implements ArtifactExchange {
  readonly #api: GitlabApi;
  readonly #tools: { readonly clock: Clock; readonly random: Random };

  constructor(api: GitlabApi, tools: { readonly clock: Clock; readonly random: Random }) {
    this.#api = api;
    this.#tools = tools;
  }

  async upload(job: JobCredentials, file: ArtifactFile, signal: AbortSignal): Promise<UploadVerdict> {
    using limit = deadlineSignal(this.#tools.clock, WHOLE_EXCHANGE_MS, signal);
    const content = new OwnStream(file.content);
    const { contentType, body } = multipartFile({ filename: file.filename, content, boundary: this.#tools.random.hex(24) });
    const url = this.#urlOf(job, file.options, file.origin);
    const headers = { 'JOB-TOKEN': job.token.reveal(), 'Content-Type': contentType };
    const answer = await this.#api.stream({ method: 'POST', url, headers, body }, limit.signal);
    if (content.error) {
      if (answer.kind === 'streamed') await answer.read();
      throw content.error.thrown;
    }
    signal.throwIfAborted();
    if (answer.kind === 'unanswered') return { kind: 'failed', status: 0, cause: answer.cause };
    return this.#uploadVerdict(await answer.read(), url);
  }

  async download(job: JobCredentials, wanted: ArtifactWanted, signal: AbortSignal): Promise<DownloadVerdict> {
    using limit = deadlineSignal(this.#tools.clock, WHOLE_EXCHANGE_MS, signal);
    const home = this.#urlOf(job, wanted.isDirect ? { direct_download: 'true' } : {});
    let url = home;
    for (let turn = 0; turn <= MOST_REDIRECTS; turn++) {
      const isHome = new URL(url).origin === new URL(home).origin;
      const headers: Record<string, string> = isHome ? { 'JOB-TOKEN': job.token.reveal() } : {};
      const answer = await this.#api.stream({ method: 'GET', url, headers }, limit.signal);
      signal.throwIfAborted();
      if (answer.kind === 'unanswered') return { kind: 'failed', status: 0, cause: answer.cause };
      if (answer.status === 200) return taken(answer, wanted, signal);
      const whole = await answer.read();
      const next = locationOf(whole, url);
      if (next === undefined) return this.#downloadVerdict(whole);
      url = next;
    }
    return { kind: 'failed', status: 310, cause: 'too many redirects' };
  }

  #urlOf(job: JobCredentials, options: Readonly<Record<string, string | undefined>>, origin?: string): string {
    const url = new URL(`${this.#api.apiUrl}/jobs/${encodeURIComponent(job.id)}/artifacts`);
    for (const [key, value] of Object.entries(options)) if (value) url.searchParams.set(key, value);
    return origin === undefined ? url.href : new URL(url.pathname + url.search, origin).href;
  }

  #uploadVerdict(answer: Answered, url: string): UploadVerdict {
    const { status } = answer;
    const cause = lineOf(answer);
    if (status === 201) return { kind: 'stored', cause };
    const next = status === 307 || status === 308 ? locationOf(answer, url) : undefined;
    if (next !== undefined) return movedTo(new URL(next).origin, { from: url, cause, status });
    if (status === 400 && /already exists/.test(cause)) return { kind: 'exists', cause, status };
    return { kind: UPLOAD_REFUSED.includes(status) ? 'refused' : 'failed', cause, status, ...this.#wait(answer) };
  }

  #downloadVerdict(answer: Answered): DownloadVerdict {
    const { status } = answer;
    return { kind: DOWNLOAD_REFUSED.includes(status) ? 'refused' : 'failed', cause: lineOf(answer), status, ...this.#wait(answer) };
  }

  #wait(answer: Answered): { readonly waitMs?: number } {
    const waitMs = waitHintOf(answer, this.#tools.clock.now());
    return waitMs === undefined ? {} : { waitMs };
  }
}

/** What became of the body: what `take` throws is thrown on, what the server did to it is a verdict. */
async function taken(answer: Streamed, wanted: ArtifactWanted, signal: AbortSignal): Promise<DownloadVerdict> {
  const bytes = new OwnStream(answer.body);
  try {
    await wanted.take(bytes);
    return { kind: 'received', cause: '200 OK' };
  } catch (error) {
    signal.throwIfAborted();
    if (!bytes.error) throw error;
    return { kind: 'failed', status: 0, cause: 'the connection broke in the middle' };
  }
}

function locationOf({ status, headers: { location = '' } }: Answered, url: string): string | undefined {
  const isRedirect = [301, 302, 307, 308].includes(status) && URL.canParse(location, url);
  const next = isRedirect ? new URL(location, url) : undefined;
  return next && /^https?:$/.test(next.protocol) ? next.href : undefined;
}

/** The token goes along, so never from HTTPS to HTTP. */
function movedTo(origin: string, of: { readonly from: string; readonly cause: string; readonly status: number }): UploadVerdict {
  const { from, cause, status } = of;
  if (from.startsWith('https:') && !origin.startsWith('https:'))
    return {
      kind: 'failed',
      cause: `${cause}. It is sent on to ${origin}, which is not HTTPS any more: the token does not go there`,
      status,
    };
  return { kind: 'moved', origin, cause, status };
}

function lineOf(answer: Answered): string {
  const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trim();
  const message = messageOf(answer);
  return message.startsWith(`${answer.status}`) ? message : `${status} ${message}`.trim();
}
