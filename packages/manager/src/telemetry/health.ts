import { createServer, type Server } from 'node:http';
import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { Readiness } from './readiness.ts';

/** `port` 0 lets the system choose. `host`: the address to listen on; every address of the machine when left out. */
export interface HealthSettings {
  readonly port: number;
  readonly host?: string;
}

/** What the server shows. */
export interface HealthSources {
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly readiness: { readonly now: Readiness };
}

interface Page {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}

/**
 * A small HTTP server for those who watch a manager: `/metrics` (Prometheus), `/health/live` (200 as long as it can answer) and
 * `/health/ready` (200 while it serves, else 503 with `starting` or `leaving`).
 */
export class HealthServer implements AsyncDisposable {
  readonly #server: Server;
  /** The port it listens on. */
  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Throws a CodedError (FR_TELEMETRY_PORT) when the port can't be had. */
  static async open(settings: HealthSettings, sources: HealthSources): Promise<HealthServer> {
    const server = createServer(async (request, response) => {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const page = isRead ? await pageAt(request.url ?? '', sources) : { status: 405, text: 'only GET and HEAD' };
      response.writeHead(page.status, { 'content-type': page.type ?? 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? '' : `${page.text}\n`);
    });
    await listen(server, settings);
    return new HealthServer(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function pageAt(url: string, { metrics, readiness }: HealthSources): Promise<Page> {
  switch (url.split('?')[0]) {
    case '/metrics':
      return { status: 200, type: metrics.contentType, text: (await metrics.text()).trimEnd() };
    case '/health/live':
      return { status: 200, text: 'alive' };
    case '/health/ready':
      return { status: readiness.now === 'serving' ? 200 : 503, text: readiness.now };
    default:
      return { status: 404, text: 'there are /metrics, /health/live and /health/ready' };
  }
}

function listen(server: Server, { port, host }: HealthSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(portRefused(port, cause)));
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
}

function portRefused(port: number, cause: Error): CodedError {
  const problem = {
    code: 'FR_TELEMETRY_PORT',
    at: 'telemetry.port',
    what: `the port for health and metrics can't be opened: ${cause.message}`,
    given: String(port),
    allowed: 'a free port that this user may listen on',
    cure: 'choose another port, or leave it out',
  } as const;
  return new CodedError(problem, { cause });
}
