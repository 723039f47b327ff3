import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { makeClientKey } from './client-key.ts';
import { SshTransport } from './ssh-transport.ts';

const never = new AbortController().signal;

/** A port behind which something is that is no SSH server. */
async function behind(onSocket: (socket: Socket) => void, port = 0): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function connect(port: number, signal = never, patience: { timeoutMs?: number; handshakeTimeoutMs?: number } = {}) {
  const { clientKey } = makeClientKey();
  const target = { host: '127.0.0.1', port, user: 'root', clientKey, timeoutMs: 5000, handshakeTimeoutMs: 5000, ...patience };
  return new SshTransport().connect(target, signal);
}

/** A port whose queue of connections is full and whose program stands still: what is sent to it is swallowed. */
async function fullPort(): Promise<{ port: number } & AsyncDisposable> {
  const program =
    "require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = await once(child.stdout, 'data');
  const port = Number(String(said));
  child.kill('SIGSTOP');
  const queued = Array.from({ length: 8 }, () => createConnection(port, '127.0.0.1').on('error', () => undefined));
  await once(queued[0] ?? child, 'connect');
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of queued) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('a worker that is none', () => {
  it('is waited for no longer than asked', async () => {
    await using silent = await behind(() => undefined);
    expect((await connect(silent.port, never, { handshakeTimeoutMs: 50 })).kind).toBe('timeout');
  });

  it('is waited for no longer than asked when nobody takes the connection', async () => {
    await using full = await fullPort();
    const outcome = await connect(full.port, never, { timeoutMs: 50, handshakeTimeoutMs: 60_000 });
    expect(outcome).toEqual({ kind: 'timeout', cause: 'no answer within 50 ms' });
  });

  it('is broken when it speaks another protocol', async () => {
    await using web = await behind((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await connect(web.port)).kind).toBe('broken');
  });

  it('is broken when it hangs up', async () => {
    await using rude = await behind((socket) => socket.destroy());
    expect((await connect(rude.port)).kind).toBe('broken');
  });

  it('is let go when the caller loses interest', async () => {
    const dialled = new AbortController();
    await using silent = await behind(() => dialled.abort(new Error('never mind')));
    await expect(connect(silent.port, dialled.signal)).rejects.toThrow('never mind');
  });
});

describe('a worker that is slow', () => {
  it('has the time of the handshake once it has taken the connection', async () => {
    const { clientKey } = makeClientKey();
    const ssh = new ssh2.Server({ hostKeys: [clientKey.reveal()] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (attempt) => attempt.accept());
    });
    await using slow = await behind((socket) => {
      void systemClock.sleep(2500).then(() => ssh.injectSocket(socket));
    });
    const outcome = await connect(slow.port, never, { timeoutMs: 2000, handshakeTimeoutMs: 60_000 });
    expect(outcome.kind).toBe('connected');
    if (outcome.kind === 'connected') await outcome.session[Symbol.asyncDispose]();
  });
});

describe('the key of a job', () => {
  it('is whole, every time', () => {
    const lengths = Array.from({ length: 600 }, () => {
      const { clientKey, publicKey } = makeClientKey();
      const parsed = ssh2.utils.parseKey(clientKey.reveal());
      return parsed instanceof Error
        ? -1
        : publicKey === `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`
          ? parsed.getPublicSSH().length
          : -2;
    });
    expect(new Set(lengths)).toEqual(new Set([51]));
  });
});
