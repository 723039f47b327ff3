import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Random, systemRandom } from '@fargate-gitlab-runner/kernel';

/**
 * Below the ports that systems give to whoever connects or asks for any port: 32768 and up on Linux, 49152 and up elsewhere. Source: Linux,
 * `net.ipv4.ip_local_port_range`; IANA, RFC 6335.
 */
const LOWEST = 10_000;
const HIGHEST = 32_000;

/**
 * A port of 127.0.0.1 that nobody listens on, and that no other program gets by chance while nobody does: for what is told its port
 * beforehand, and for what gives its port up and takes it back.
 */
export async function lastingPort(random: Random = systemRandom): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(random.fraction() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
