import { createInterface } from 'node:readline';
import { Fields } from '../json-fields.ts';
import { SshServer } from './ssh-server.ts';
import { sshSettings } from './ssh-settings.ts';

/**
 * The process of one worker of kind `ssh2`. The first line of stdin is its SshSettings as JSON; every later line is an order (`drop`
 * cuts the connections). It ends when stdin does.
 */
async function main(): Promise<void> {
  let server: SshServer | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'drop') server?.drop();
    else {
      server = new SshServer(sshSettings(Fields.of(JSON.parse(line))));
      await server.listen();
    }
  }
  process.exit(0);
}

await main();
