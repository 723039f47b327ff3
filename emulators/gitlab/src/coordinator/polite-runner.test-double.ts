import { crc32 } from 'node:zlib';
import { FEATURE_KEYS } from './feature.ts';

const INFO = {
  name: 'polite-runner',
  features: Object.fromEntries(FEATURE_KEYS.map((key) => [key, true])),
  config: { gpus: '' },
};

const JSON_BOTH_WAYS = { 'content-type': 'application/json', accept: 'application/json' };

/** Features as `info` carries them, all true but those named. */
export function infoWithout(...keys: readonly string[]): Record<string, unknown> {
  return { ...INFO, features: { ...INFO.features, ...Object.fromEntries(keys.map((key) => [key, false])) } };
}

/** The job's own fields, as far as a runner needs them to talk about it. */
interface JobIdentity {
  readonly id: string;
  readonly token: string;
}

/** A runner that keeps every rule of form, so that a test can break one of them on purpose. */
export class PoliteRunner {
  readonly #url: string;
  readonly #token: string;
  readonly systemId: string;
  #calls = 0;

  constructor(url: string, token: string, systemId = 's_0123456789ab') {
    this.#url = url;
    this.#token = token;
    this.systemId = systemId;
  }

  verify(overrides: Record<string, unknown> = {}): Promise<Response> {
    return this.#json('POST', '/runners/verify', { token: this.#token, system_id: this.systemId, info: INFO, ...overrides });
  }

  request(overrides: Record<string, unknown> = {}): Promise<Response> {
    return this.#json('POST', '/jobs/request', { token: this.#token, system_id: this.systemId, info: INFO, ...overrides });
  }

  /** Legacy registration with a registration token. */
  register(fields: Record<string, unknown>, overrides: Readonly<Record<string, string>> = {}): Promise<Response> {
    const token = typeof fields.token === 'string' ? fields.token : '';
    const headers = { 'runner-token': token, ...JSON_BOTH_WAYS, ...overrides };
    const body = { info: INFO, run_untagged: true, locked: true, paused: false, ...fields };
    return this.send('POST', '/runners', { headers, body: JSON.stringify(body) });
  }

  unregister(): Promise<Response> {
    return this.#json('DELETE', '/runners', { token: this.#token });
  }

  deleteManager(systemId: string | undefined): Promise<Response> {
    return this.#json('DELETE', '/runners/managers', { token: this.#token, system_id: systemId });
  }

  reset(): Promise<Response> {
    return this.send('POST', '/runners/reset_authentication_token', {
      headers: JSON_BOTH_WAYS,
      body: JSON.stringify({ token: this.#token }),
    });
  }

  /** A call of a person with a personal access token. */
  asPerson(token: string, path: string, body: unknown): Promise<Response> {
    return this.send('POST', path, { headers: { 'private-token': token, ...JSON_BOTH_WAYS }, body: JSON.stringify(body) });
  }

  put(job: JobIdentity, fields: Record<string, unknown>): Promise<Response> {
    const headers = { 'job-token': job.token, 'content-type': 'application/json', accept: '*/*' };
    return this.send('PUT', `/jobs/${job.id}`, { headers, body: JSON.stringify({ token: job.token, info: INFO, output: {}, ...fields }) });
  }

  /** The final update, with size and checksum of `trace`; `fields` holds at least the state. */
  finish(job: JobIdentity, fields: { readonly state: 'success' | 'failed' } & Record<string, unknown>, trace = ''): Promise<Response> {
    const checksum = `crc32:${crc32(Buffer.from(trace)).toString(16).padStart(8, '0')}`;
    const size = Buffer.byteLength(trace);
    return this.put(job, { checksum, output: { checksum, ...(size > 0 ? { bytesize: size } : {}) }, ...fields });
  }

  patch(
    job: JobIdentity,
    from: number,
    content: string | Buffer | { readonly text: string; readonly headers: Record<string, string> },
  ): Promise<Response> {
    const { text, headers } = typeof content === 'object' && 'text' in content ? content : { text: content, headers: {} };
    const body = Buffer.from(text);
    const usual = {
      'job-token': job.token,
      'content-type': 'text/plain',
      'content-range': `${from}-${from + body.length - 1}`,
      accept: '*/*',
    };
    return this.send('PATCH', `/jobs/${job.id}/trace?debug_trace=false`, { headers: { ...usual, ...headers }, body });
  }

  /** Uploads `content` as a multipart form, the way a runner does; `query` begins with `?`. */
  upload(job: JobIdentity, content: string | Buffer, { query = '', filename = 'artifacts.zip' } = {}): Promise<Response> {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from('\r\n--b--\r\n')]);
    const headers = { 'job-token': job.token, 'content-type': 'multipart/form-data; boundary=b', accept: '*/*' };
    return this.send('POST', `/jobs/${job.id}/artifacts${query}`, { headers, body });
  }

  /** Downloads the archive of job `id` with a job's token; redirects are not followed. */
  download(id: string, token: string, query = ''): Promise<Response> {
    return this.send('GET', `/jobs/${id}/artifacts${query}`, { headers: { 'job-token': token, accept: '*/*' } });
  }

  /** A request with nothing but what every request has; a header given as an empty string is left out. */
  send(method: string, path: string, { headers, body }: { headers: Record<string, string>; body?: string | Buffer }): Promise<Response> {
    this.#calls++;
    const usual = {
      'user-agent': 'polite-runner 1.0.0 (main; node20; linux/amd64)',
      'x-request-id': this.#calls.toString(16).padStart(32, '0'),
    };
    const all = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== '');
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
    return fetch(`${this.#url}/api/v4${path}`, { method, headers: all, redirect: 'manual', ...content });
  }

  #json(method: string, path: string, body: unknown): Promise<Response> {
    const accept = method === 'DELETE' ? '*/*' : 'application/json';
    const headers = { 'runner-token': this.#token, ...JSON_BOTH_WAYS, accept };
    return this.send(method, path, { headers, body: JSON.stringify(body) });
  }
}
