import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ed25519Keys } from './ed25519-keys.ts';
import { programOn } from './program-path.ts';
import type { SshSettings } from './ssh-settings.ts';

/** OpenSSH needs it as root; its service makes it at boot where the service runs. */
const PRIVSEP_FOLDER = '/run/sshd';

/** The system's sshd, made ready for one worker. */
export interface SshdFiles {
  readonly argv: readonly string[];
  /** Lets the key in; until then every login is refused. */
  admitKey(): void;
}

/**
 * Writes the configuration, host key and wrapper of one sshd into `folder`. Every session goes through the wrapper (ForceCommand),
 * because the login shell of passwd is not the one the worker should have, and because sshd does not hand the container's environment
 * to sessions.
 */
export function sshdFiles(settings: SshSettings, folder: string, path: string): SshdFiles {
  const sshd = programOn(`${path}:/usr/sbin:/usr/local/sbin`, 'sshd');
  if (sshd === undefined) throw new Error('sshd is not installed');
  if (userInfo().uid === 0 && !existsSync(PRIVSEP_FOLDER)) mkdirSync(PRIVSEP_FOLDER, { recursive: true, mode: 0o755 });
  const config = join(folder, 'sshd_config');
  const keys = join(folder, 'authorized_keys');
  writeFileSync(join(folder, 'host_key'), ed25519Keys().privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'session.sh'), wrapper(settings), { mode: 0o755 });
  writeFileSync(config, configuration(settings, folder));
  const admitKey = () => writeFileSync(keys, `${settings.authorizedKey}\n`);
  writeFileSync(keys, '');
  if (settings.authRefusals === 0) admitKey();
  return { argv: [sshd, '-D', '-e', '-f', config], admitKey };
}

function configuration(settings: SshSettings, folder: string): string {
  const shown = { PATH: settings.environment.PATH ?? '', HOME: settings.home };
  return [
    `ListenAddress ${settings.address}:${settings.port}`,
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'UsePAM no',
    'StrictModes no',
    'AcceptEnv none',
    'PidFile none',
    'PrintMotd no',
    'MaxSessions 50',
    'MaxStartups 100',
    'LogLevel VERBOSE',
    `SetEnv ${Object.entries(shown)
      .map(([name, value]) => `"${name}=${value}"`)
      .join(' ')}`,
    `ForceCommand exec ${join(folder, 'session.sh')}`,
    '',
  ].join('\n');
}

/** Sets the environment, enters HOME, and runs what the client asked for in the worker's shell. */
function wrapper(settings: SshSettings): string {
  const names = Object.entries(settings.environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const shell = quoted(settings.shell);
  return [
    '#!/bin/sh',
    'command=$SSH_ORIGINAL_COMMAND',
    'unset SSH_ORIGINAL_COMMAND',
    ...names,
    'cd "$HOME"',
    `[ -n "$command" ] || exec ${shell} -l`,
    `exec ${shell} -c "$command"`,
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
