import { execFile, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cgiResponse } from './cgi-response.ts';

/** A request for one repository, as the CGI program wants to know it. */
interface GitRequest {
  /** Folder of the bare repository. */
  readonly repository: string;
  /** What follows the repository in the path, such as `/info/refs`. */
  readonly service: string;
  readonly request: Request;
}

/** Answers one git request; the signal ends the program with its connection. */
export type GitBackend = (request: GitRequest, signal: AbortSignal) => Promise<Response>;

/** Git's own smart HTTP server, found through `git --exec-path`. It inherits nothing from our environment. */
export async function gitHttpBackend(): Promise<GitBackend> {
  const { stdout } = await promisify(execFile)('git', ['--exec-path']);
  const execPath = stdout.trim();
  return (request, signal) => serve(execPath, request, signal);
}

async function serve(execPath: string, asked: GitRequest, signal: AbortSignal): Promise<Response> {
  const child = spawn(`${execPath}/git-http-backend`, [], {
    env: cgiEnvironment(execPath, asked),
    stdio: ['pipe', 'pipe', 'ignore'],
    signal,
  });
  child.on('error', () => undefined);
  const { body } = asked.request;
  // A client that goes away, or a program that reads no further, breaks the pipe; the answer tells the rest.
  pipeline(body ? Readable.fromWeb(body) : Readable.from([]), child.stdin).catch(() => undefined);
  return cgiResponse(child.stdout);
}

function cgiEnvironment(execPath: string, { repository, service, request }: GitRequest): Record<string, string> {
  const { headers, method, url } = request;
  const optional = {
    CONTENT_TYPE: headers.get('content-type'),
    CONTENT_LENGTH: headers.get('content-length'),
    HTTP_CONTENT_ENCODING: headers.get('content-encoding'),
    GIT_PROTOCOL: headers.get('git-protocol'),
  };
  return {
    PATH: `${execPath}:/usr/local/bin:/usr/bin:/bin`,
    GIT_PROJECT_ROOT: repository,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: service,
    QUERY_STRING: new URL(url).search.slice(1),
    REQUEST_METHOD: method,
    REMOTE_USER: 'gitlab-ci-token',
    REMOTE_ADDR: '127.0.0.1',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    GIT_CONFIG_KEY_1: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_1: 'true',
    ...Object.fromEntries(Object.entries(optional).flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
  };
}
