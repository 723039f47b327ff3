import { connect as connectTcp } from 'node:net';
import ssh2, { type Client, type ConnectConfig } from 'ssh2';
import type { ConnectOutcome, ConnectTarget, Transport } from '../transport.ts';
import { failureOf } from './connect-failure.ts';
import { SshSession } from './ssh-session.ts';

/** The cheapest first, measured without native code; CTR is for servers without GCM, such as dropbear. */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const;

/** A connection that is silent for three of these is dead. */
const KEEPALIVE_MS = 10_000;

/** Workers over SSH. Public key only: there is no other way in, and asking for one costs a delay that sshd makes on purpose. */
export class SshTransport implements Transport {
  async connect(target: ConnectTarget, signal: AbortSignal): Promise<ConnectOutcome> {
    signal.throwIfAborted();
    const client = new ssh2.Client();
    return new Promise((resolve, reject) => {
      let hostKey = '';
      const settle = (outcome: ConnectOutcome) => {
        signal.removeEventListener('abort', onAbort);
        if (outcome.kind !== 'connected') client.destroy();
        resolve(outcome);
      };
      const onAbort = () => {
        client.destroy();
        reject(signal.reason);
      };
      const isExpected = (key: Buffer) => {
        hostKey = key.toString('base64');
        return target.hostKey === undefined || target.hostKey === hostKey;
      };
      const isImpostor = () => target.hostKey !== undefined && hostKey !== '' && target.hostKey !== hostKey;
      signal.addEventListener('abort', onAbort, { once: true });
      client.once('ready', () => settle({ kind: 'connected', session: new SshSession(client), hostKey }));
      client.on('error', (error) => settle(isImpostor() ? { kind: 'impostor', cause: 'it shows another host key' } : failureOf(error)));
      client.once('close', () => settle({ kind: 'broken', cause: 'the connection was closed before it was ready' }));
      dial(client, target, isExpected);
    });
  }
}

function dial(client: Client, target: ConnectTarget, hostVerifier: (key: Buffer) => boolean): void {
  const { host, port, timeoutMs } = target;
  // The library leaves Nagle's algorithm on, which costs 40 ms for most questions.
  const sock = connectTcp({ host, port, noDelay: true });
  sock.setTimeout(timeoutMs, () => sock.destroy(Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' })));
  sock.once('connect', () => sock.setTimeout(0));
  const config: ConnectConfig = {
    sock,
    username: target.user,
    privateKey: target.clientKey.reveal(),
    authHandler: ['publickey'],
    algorithms: { cipher: [...CIPHERS] },
    readyTimeout: target.handshakeTimeoutMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
    hostVerifier,
  };
  client.connect(config);
}
