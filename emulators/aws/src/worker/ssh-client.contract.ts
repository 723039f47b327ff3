import { systemClock } from '@fargate-gitlab-runner/kernel';
import ssh2, { type Client, type ClientChannel } from 'ssh2';

/** What came of one command. */
export interface CommandResult {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** One try to log in. */
export function login(address: string, privateKey: string): Promise<Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).on('error', reject);
    client.connect({ host: address, port: 2222, username: 'root', privateKey, authHandler: ['publickey'] });
    client.setNoDelay(true);
  });
}

/** Logs in as soon as the port is open; any other failure is one. */
export async function loginWhenOpen(address: string, privateKey: string): Promise<Client> {
  for (;;) {
    try {
      return await login(address, privateKey);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error;
      await systemClock.sleep(20);
    }
  }
}

/** Runs a command to its end, with `stdin` as its input. Who listens after the callback may miss what the command said first. */
export function run(client: Client, command: string, stdin = ''): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(resultOf(channel, stdin))));
  });
}

function resultOf(channel: ClientChannel, stdin: string): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  let code: number | undefined;
  let signal: string | undefined;
  channel.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  channel.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  channel.on('exit', (exit: number | null, name?: string) => {
    code = exit ?? undefined;
    signal = name;
  });
  channel.end(stdin);
  return new Promise((resolve) => channel.once('close', () => resolve({ code, signal, stdout, stderr })));
}
