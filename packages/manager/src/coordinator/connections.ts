import { rootCertificates } from 'node:tls';
import type { Secret } from '@fargate-gitlab-runner/kernel';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { TlsFiles, type TlsFileNames, type TlsMaterial } from './tls-files.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Source: GitLab runner API, client timeouts. */
const CONNECT = { timeout: 30 * SECOND_MS, keepAlive: true, keepAliveInitialDelay: 30 * SECOND_MS };
const TIMEOUTS = { keepAliveTimeout: 90 * SECOND_MS, keepAliveMaxTimeout: 90 * SECOND_MS, headersTimeout: 10 * MINUTE_MS };
const DEFAULT_MAX_AGE_MS = 15 * MINUTE_MS;

/** How GitLab is reached. `maxAgeMs`: age at which a connection is made anew, because certificates and balancers may have changed. */
export interface ConnectionSettings extends TlsFileNames {
  readonly maxAgeMs?: number;
  readonly proxy?: Secret | undefined;
}

/** Two sets of connections: those that are kept alive, and those that are fresh for every request. */
export interface Dispatchers {
  readonly kept: Dispatcher;
  readonly fresh: Dispatcher;
}

/** Makes connections, and makes them anew when a TLS file has changed: requests in flight end on the old ones. */
export class Connections implements AsyncDisposable {
  readonly #settings: ConnectionSettings;
  readonly #files: TlsFiles;
  #material: TlsMaterial | undefined;
  #now: Dispatchers | undefined;
  readonly #old = new Set<Dispatchers>();

  constructor(settings: ConnectionSettings, onTrouble: (file: string, cause: string) => void) {
    this.#settings = settings;
    this.#files = new TlsFiles(settings, onTrouble);
  }

  /** The TLS material that the connections are made with. */
  get material(): TlsMaterial {
    return this.#material ?? {};
  }

  async current(): Promise<Dispatchers> {
    const material = await this.#files.current();
    if (this.#now && material === this.#material) return this.#now;
    if (this.#now) void this.#retire(this.#now);
    this.#material = material;
    this.#now = { kept: this.#make(material, {}), fresh: this.#make(material, { pipelining: 0 }) };
    return this.#now;
  }

  /** Cuts every connection; requests in flight come to nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#old, ...(this.#now ? [this.#now] : [])];
    await Promise.all(all.flatMap(({ kept, fresh }) => [kept.destroy(), fresh.destroy()]));
  }

  /** Lets the requests in flight end. */
  async #retire(old: Dispatchers): Promise<void> {
    this.#old.add(old);
    await Promise.allSettled([old.kept.close(), old.fresh.close()]);
    this.#old.delete(old);
  }

  #make(material: TlsMaterial, how: { readonly pipelining?: number }): Dispatcher {
    const { proxy, maxAgeMs = DEFAULT_MAX_AGE_MS } = this.#settings;
    const options = { ...TIMEOUTS, ...(maxAgeMs > 0 && { clientTtl: maxAgeMs }), ...how };
    const tls = tlsOptions(material);
    if (!proxy) return new Agent({ ...options, connect: { ...CONNECT, ...tls } });
    return new ProxyAgent({
      ...options,
      uri: proxy.reveal(),
      // Plain http goes through a proxy as a request to it: many refuse tunnels to port 80.
      proxyTunnel: false,
      proxyTls: CONNECT,
      requestTls: { ...CONNECT, ...tls },
      factory: (origin, of) => new Pool(origin, { ...of, ...options }),
    });
  }
}

/** The given certificates count beside the usual ones, never in their place. */
function tlsOptions({ ca, client }: TlsMaterial) {
  return { minVersion: 'TLSv1.2' as const, ...(ca !== undefined && { ca: [...rootCertificates, ca] }), ...client };
}
