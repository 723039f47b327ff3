import { spawn } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type PublicKeyAuthContext, type ServerChannel, type Session } from 'ssh2';
import { sendOutput } from './channel-output.ts';
import { ed25519Keys } from './ed25519-keys.ts';
import type { SshSettings } from './ssh-settings.ts';

/**
 * The SSH server of a worker. It behaves as OpenSSH does for a root login: public keys only, no environment from the client, no
 * signals, no terminal; and a connection that goes away kills nothing.
 */
export class SshServer {
  readonly #settings: SshSettings;
  readonly #key: ParsedKey | undefined;
  readonly #connections = new Set<Connection>();
  #refusals: number;

  constructor(settings: SshSettings) {
    this.#settings = settings;
    this.#refusals = settings.authRefusals;
    const parsed = ssh2.utils.parseKey(settings.authorizedKey);
    this.#key = parsed instanceof Error ? undefined : parsed;
  }

  /** Resolves once the port is open; rejects when it can't be. */
  listen(): Promise<void> {
    const hostKeys = [ed25519Keys().privateKey];
    const server = new ssh2.Server({ hostKeys }, (connection) => this.#accept(connection));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#settings.port, this.#settings.address, resolve);
    });
  }

  /** Cuts every connection; no exit status is sent. */
  drop(): void {
    for (const connection of this.#connections) connection.end();
  }

  #accept(connection: Connection): void {
    this.#connections.add(connection);
    if ('setNoDelay' in connection && typeof connection.setNoDelay === 'function') connection.setNoDelay(true);
    connection.on('error', () => undefined);
    connection.on('close', () => this.#connections.delete(connection));
    let isRefused: boolean | undefined;
    connection.on('authentication', (attempt) => {
      if (!this.#isOurs(attempt)) return attempt.reject(['publickey']);
      isRefused ??= this.#refusals > 0 && this.#refusals-- > 0;
      if (isRefused) attempt.reject(['publickey']);
      else attempt.accept();
    });
    connection.on('session', (accept) => this.#serve(accept()));
  }

  #isOurs(attempt: AuthContext): boolean {
    const key = this.#key;
    if (attempt.method !== 'publickey' || !key) return false;
    return attempt.key.algo === key.type && isEqual(attempt.key.data, key.getPublicSSH()) && isSigned(attempt, key);
  }

  #serve(session: Session): void {
    session.on('exec', (accept, _reject, { command }) => this.#run(accept(), ['-c', command]));
    session.on('shell', (accept) => this.#run(accept(), ['-l']));
  }

  #run(channel: ServerChannel, argv: string[]): void {
    const { shell, home, environment } = this.#settings;
    const child = spawn(shell, argv, { cwd: home, env: environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [child.stdin, child.stdout, child.stderr, channel, channel.stderr]) stream.on('error', () => undefined);
    channel.pipe(child.stdin);
    sendOutput(child, channel);
    child.on('error', () => {
      channel.exit(127);
      channel.end();
    });
    child.on('exit', (code, signal) => (code === null ? channel.exit(signal ?? 'SIGKILL', false, '') : channel.exit(code)));
    channel.on('close', () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    });
  }
}

/** Compares without telling by its duration how much is equal. */
function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A client first asks whether a key would do, without a signature; then it must prove that it has it. */
function isSigned(attempt: PublicKeyAuthContext, key: ParsedKey): boolean {
  if (attempt.signature === undefined || attempt.blob === undefined) return attempt.signature === undefined;
  return key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}
