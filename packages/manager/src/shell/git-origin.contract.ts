import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Family, makeFamily } from './family-of-projects.contract.ts';

const execute = promisify(execFile);

/** The SSH address of the GitLab that serves the projects, as `.gitmodules` may have it. Nobody listens there. */
const SSH_ADDRESS = 'git@127.0.0.1:';

const lfsBatch = z.object({ objects: z.array(z.object({ oid: z.string(), size: z.number() })) });

/**
 * A git server on loopback with one project of three commits, and one of it with submodules and an LFS file, for the user `gitlab-ci-token`
 * with the right token only.
 */
export class GitOrigin implements AsyncDisposable {
  readonly port: number;
  /** The last commit of `main`, and the commit of the merge request's ref. */
  readonly sha: string;
  /** The commit before that one, which `refs/pipelines/7` has. */
  readonly earlierSha: string;
  /** The project with submodules and an LFS file. */
  readonly family: Family;
  /** Command lines of git processes that were seen while the server was asked and somebody watched. */
  readonly seenCommands = new Set<string>();
  /** User agents of the clients that came with the right token. */
  readonly clients = new Set<string>();
  readonly #folder: string;
  readonly #server: Server;
  #isWatching = false;

  private constructor(made: {
    readonly folder: string;
    readonly shas: { readonly last: string; readonly earlier: string };
    readonly family: Family;
    readonly server: Server;
    readonly token: string;
  }) {
    const address = made.server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.sha = made.shas.last;
    this.earlierSha = made.shas.earlier;
    this.family = made.family;
    this.#folder = made.folder;
    this.#server = made.server;
    this.#server.on('request', (request, response) => void this.#answer(request, response, made.token));
  }

  static async start(token: string): Promise<GitOrigin> {
    const folder = await mkdtemp(join(tmpdir(), 'origin-'));
    const shas = await makeProject(folder);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const family = await makeFamily(folder, SSH_ADDRESS);
    return new GitOrigin({ folder, shas, family, server, token });
  }

  /** The URL as GitLab writes it into a payload, token included. */
  urlFor(token: string, project = 'project'): string {
    return `http://gitlab-ci-token:${token}@127.0.0.1:${this.port}/group/${project}.git`;
  }

  /** User settings with which git takes a short cut to the project: for tests that aren't about the wire. */
  get shortCut(): string {
    return `[url "file://${this.#folder}/"]\n\tinsteadOf = http://127.0.0.1:${this.port}/\n`;
  }

  /** As long as it lives, every POST has a look at the command lines of all processes: the client is then in the middle of its work. */
  watchCommands(): Disposable {
    this.#isWatching = true;
    return {
      [Symbol.dispose]: () => {
        this.#isWatching = false;
      },
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    if (this.#isWatching && request.method === 'POST') await this.#lookAtCommands();
    const expected = `Basic ${Buffer.from(`gitlab-ci-token:${token}`).toString('base64')}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="project"' }).end();
      return;
    }
    const [, object] = /\/info\/lfs\/(objects\/batch|[0-9a-f]{64})$/.exec(request.url ?? '') ?? [];
    if (object !== undefined) {
      await this.#serveLfs(request, response, object);
      return;
    }
    this.clients.add(request.headers['user-agent'] ?? '');
    await this.#serve(request, response);
  }

  async #lookAtCommands(): Promise<void> {
    for (const command of await commandLines()) if (command.includes('git')) this.seenCommands.add(command);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://origin');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        GIT_PROJECT_ROOT: this.#folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'gitlab-ci-token',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    request.pipe(backend.stdin);
    const answer = await buffer(backend.stdout);
    const end = answer.indexOf('\r\n\r\n');
    const headers = answer
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': ', 2));
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10)).end(answer.subarray(end + 4));
  }

  /** The part of Git LFS that a download needs: the batch answer names a URL for each object, and that URL gives it. */
  async #serveLfs(request: IncomingMessage, response: ServerResponse, object: string): Promise<void> {
    if (object !== 'objects/batch') {
      response.end(this.family.objects.get(object));
      return;
    }
    const asked = lfsBatch.parse(JSON.parse((await buffer(request)).toString()));
    const base = `http://127.0.0.1:${this.port}${(request.url ?? '').replace(/objects\/batch$/, '')}`;
    const objects = asked.objects.map(({ oid, size }) => ({ oid, size, actions: { download: { href: `${base}${oid}` } } }));
    response.setHeader('content-type', 'application/vnd.git-lfs+json');
    response.end(JSON.stringify({ transfer: 'basic', objects }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function makeProject(folder: string): Promise<{ readonly last: string; readonly earlier: string }> {
  const work = join(folder, 'work');
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const git = async (...words: string[]) => (await execute('git', ['-C', work, ...words], { env: environment })).stdout.trim();
  await mkdir(work);
  await git('init', '-q', '-b', 'main');
  for (const version of ['one', 'two', 'three']) {
    await writeFile(join(work, 'file.txt'), `${version}\n`);
    await git('add', 'file.txt');
    await git('-c', 'user.name=A', '-c', 'user.email=a@example.invalid', 'commit', '-q', '-m', version);
  }
  await git('update-ref', 'refs/merge-requests/5/head', 'HEAD');
  await git('update-ref', 'refs/pipelines/7', 'HEAD~1');
  await execute('git', ['clone', '-q', '--mirror', work, join(folder, 'group', 'project.git')], { env: environment });
  return { last: await git('rev-parse', 'HEAD'), earlier: await git('rev-parse', 'HEAD~1') };
}

/** Those of all processes; none where the system has no /proc. */
async function commandLines(): Promise<string[]> {
  const entries = await readdir('/proc').catch(() => []);
  const processes = entries.filter((entry) => /^\d+$/.test(entry));
  const lines = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.map((line) => line.replaceAll('\0', ' '));
}
