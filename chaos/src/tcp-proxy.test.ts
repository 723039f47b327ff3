import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from './tcp-proxy.ts';

/** Says back what it hears. */
let echo: Server;
let proxy: TcpProxy;
beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address');
  proxy = await TcpProxy.listen({ host: '127.0.0.1', port: 0 }, { host: '127.0.0.1', port: address.port });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  echo.close();
  await once(echo, 'close');
});

async function dialled(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function heard(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

describe('a TCP proxy', () => {
  it('passes on what is said, late when it is told to, and both ends', async () => {
    const socket = await dialled();
    expect(await heard(socket, 'hello')).toBe('hello');
    proxy.delayMs = 5;
    expect(await heard(socket, 'again')).toBe('again');
    socket.end();
    await once(socket, 'close');
  });

  it('cuts connections, and takes new ones', async () => {
    const socket = await dialled();
    expect(await heard(socket, 'hello')).toBe('hello');
    proxy.cut();
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
    const next = await dialled();
    expect(await heard(next, 'hello')).toBe('hello');
    next.destroy();
  });

  it('lets nothing through while it is shut', async () => {
    proxy.shut();
    const refused = connect(proxy.port, '127.0.0.1');
    const [error] = await new Promise<Error[]>((resolve) => refused.once('error', (reason) => resolve([reason])));
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    proxy.open();
    const next = await dialled();
    expect(await heard(next, 'hello')).toBe('hello');
    next.destroy();
  });
});
