import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
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

function connect(port: number, signal = never, timeoutMs = 5000) {
  const { clientKey } = makeClientKey();
  return new SshTransport().connect({ host: '127.0.0.1', port, user: 'root', clientKey, timeoutMs }, signal);
}

describe('a worker that is none', () => {
  it('is waited for no longer than asked', async () => {
    await using silent = await behind(() => undefined);
    expect((await connect(silent.port, never, 50)).kind).toBe('timeout');
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
