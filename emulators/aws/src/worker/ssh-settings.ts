import type { Fields } from '../json-fields.ts';

/** What the SSH server of a worker is told. For kind `ssh2` it travels as one line of JSON on stdin. */
export interface SshSettings {
  readonly address: string;
  readonly port: number;
  /** One authorized_keys line; empty lets nobody in. */
  readonly authorizedKey: string;
  /** So many good logins are refused first. */
  readonly authRefusals: number;
  /** Runs commands as `<shell> -c <command>`. */
  readonly shell: string;
  readonly home: string;
  /** The environment of sessions, HOME and PATH included. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads SshSettings. */
export function sshSettings(fields: Fields): SshSettings {
  const environment = fields.object('environment');
  return {
    address: fields.string('address'),
    port: fields.number('port'),
    authorizedKey: fields.string('authorizedKey'),
    authRefusals: fields.number('authRefusals'),
    shell: fields.string('shell'),
    home: fields.string('home'),
    environment: Object.fromEntries(Object.keys(environment.raw).map((name) => [name, environment.string(name)])),
  };
}
