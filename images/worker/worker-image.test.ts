import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { lastingPort } from '@fargate-gitlab-runner/testkit';
import ssh2, { type Client } from 'ssh2';
import { describe, expect, it } from 'vitest';

const entrypoint = fileURLToPath(new URL('entrypoint.sh', import.meta.url));
/** StrictModes wants parents that nobody else may write to, which /tmp is not. */
const PARENT = userInfo().uid === 0 ? '/run' : homedir();
const USER = userInfo().username;
/** Root alone starts sessions of other users, and bwrap gives the entrypoint a list of users of its own. */
const HAS_OTHER_USERS = userInfo().uid === 0 && spawnSync('bwrap', ['--dev-bind', '/', '/', '--cap-add', 'ALL', '--', 'true']).status === 0;

interface Keys {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** An Ed25519 pair, made by OpenSSH itself. */
function keysIn(folder: string, name: string): Keys {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return {
    privateKey: execFileSync('cat', [file], { encoding: 'utf8' }),
    publicKey: execFileSync('cat', [`${file}.pub`], { encoding: 'utf8' }),
  };
}

/** A worker's entrypoint as a process of its own, with folders of its own. */
class Worker implements AsyncDisposable {
  readonly folder = mkdtempSync(join(PARENT, 'fargate-gitlab-runner-image-'));
  readonly keys = keysIn(this.folder, 'client');
  readonly port: number;
  printed = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(port: number, environment: Readonly<Record<string, string>>, wrap: (folder: string) => readonly string[]) {
    this.port = port;
    // As /run is: whoever is kept out must be kept out by sshd.
    chmodSync(this.folder, 0o755);
    const given = { SSH_PUBLIC_KEY: this.keys.publicKey.trim(), WORKER_RUN_DIR: join(this.folder, 'run'), WORKER_SSH_PORT: String(port) };
    const [program = entrypoint, ...args] = [...wrap(this.folder), entrypoint];
    this.#child = spawn(program, args, { env: { PATH: '/usr/bin:/bin', ...given, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (bytes) => (this.printed += bytes));
    this.#ended = once(this.#child, 'close');
  }

  /** `wrap` is what starts the entrypoint, if it is not started by itself. */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    wrap: (folder: string) => readonly string[] = () => [],
  ): Promise<Worker> {
    return new Worker(await lastingPort(), environment, wrap);
  }

  /** Logs in as soon as the port is open. */
  async login(with_: { readonly privateKey?: string; readonly password?: string; readonly username?: string } = {}): Promise<Client> {
    for (;;) {
      try {
        return await this.#loginOnce({ privateKey: this.keys.privateKey, username: USER, ...with_ });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error;
        if (this.#child.exitCode !== null) throw new Error(`the entrypoint ended: ${this.printed}`);
        await systemClock.sleep(20);
      }
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true });
  }

  #loginOnce(how: { readonly privateKey?: string; readonly password?: string; readonly username: string }): Promise<Client> {
    const client = new ssh2.Client();
    return new Promise((resolve, reject) => {
      client.once('ready', () => resolve(client)).on('error', reject);
      client.connect({
        host: '127.0.0.1',
        port: this.port,
        readyTimeout: 60_000,
        ...how,
        authHandler: how.password === undefined ? ['publickey'] : ['none', 'password'],
      });
    });
  }
}

function run(client: Client, command: string): Promise<{ readonly out: string; readonly code: number }> {
  return new Promise((resolve, reject) =>
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let out = '';
      let code = -1;
      channel.on('data', (bytes: Buffer) => (out += bytes.toString()));
      channel.stderr.on('data', (bytes: Buffer) => (out += bytes.toString()));
      channel.on('exit', (exit: number) => (code = exit));
      channel.on('close', () => resolve({ out, code }));
    }),
  );
}

/** Runs the entrypoint to its end. */
async function ended(environment: Readonly<Record<string, string>>, ...command: string[]) {
  const folder = mkdtempSync(join(PARENT, 'fargate-gitlab-runner-image-'));
  const child = spawn(entrypoint, command, { env: { PATH: '/usr/bin:/bin', WORKER_RUN_DIR: join(folder, 'run'), ...environment } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += bytes));
  const [code] = await once(child, 'close');
  rmSync(folder, { recursive: true });
  return { code, printed };
}

/** A root like this one but for a further user `ci`, whom nobody has given a password. */
function withUserCi(folder: string): string[] {
  const home = join(folder, 'home');
  mkdirSync(home);
  chownSync(home, 12_345, 12_345);
  writeFileSync(join(folder, 'passwd'), `${readFileSync('/etc/passwd', 'utf8')}ci:x:12345:12345::${home}:/bin/sh\n`);
  writeFileSync(join(folder, 'shadow'), `${readFileSync('/etc/shadow', 'utf8')}ci:*:19000:0:99999:7:::\n`, { mode: 0o600 });
  const files = ['passwd', 'shadow'].flatMap((name) => ['--ro-bind', join(folder, name), `/etc/${name}`]);
  return ['bwrap', '--dev-bind', '/', '/', ...files, '--cap-add', 'ALL', '--die-with-parent', '--'];
}

describe('the entrypoint of a worker', () => {
  it('hands the environment of the container to sessions, every character of it', async () => {
    const environment = {
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/0a1b2c3d',
      ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/0a1b2c3d',
      FARGATE_GITLAB_RUNNER_NONCE: 'the-nonce',
      PATH: '/opt/tools:/usr/local/bin:/usr/bin:/bin',
      here: 'a name that a script may like',
      run: 'yes',
      user: 'app',
      port: '8080',
      sshd: '/opt/sshd',
      key: 'value',
      AWKWARD: `quote ' double " dollar $HOME back\\slash\nsecond line\n`,
    };
    await using worker = await Worker.start(environment);
    const client = await worker.login();
    const { out } = await run(client, 'env -0');
    client.end();
    const seen = Object.fromEntries(
      out.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
    expect(seen).toMatchObject(environment);
    expect(seen).not.toHaveProperty('SSH_PUBLIC_KEY');
    expect(seen.HOME).toBe(userInfo().homedir);
  });

  it('leaves the sessions the umask of the container, and keeps its own secrets to itself', async () => {
    await using worker = await Worker.start({}, () => ['sh', '-c', 'umask 022; exec "$0"']);
    const client = await worker.login();
    const made = join(worker.folder, 'made');
    const { out } = await run(client, `umask; mkdir '${made}' && : >'${made}/file' && stat -c %a '${made}' '${made}/file'`);
    client.end();
    expect(out).toBe('0022\n755\n644\n');
    const modeOf = (name: string) => (statSync(join(worker.folder, 'run', name)).mode & 0o777).toString(8);
    expect(['', 'host_key', 'environment', 'authorized_keys'].map(modeOf)).toEqual(['711', '600', '600', '644']);
  });

  it('passes the command and its exit status on', async () => {
    await using worker = await Worker.start();
    const client = await worker.login();
    expect(await run(client, `printf '%s|' "a  b" 'c"d'; exit 7`)).toEqual({ out: 'a  b|c"d|', code: 7 });
    client.end();
  });

  it('lets nobody in with another key or a password', async () => {
    await using worker = await Worker.start();
    (await worker.login()).end();
    const other = keysIn(worker.folder, 'other');
    await expect(worker.login({ privateKey: other.privateKey })).rejects.toThrow(/authentication methods failed/);
    await expect(worker.login({ password: 'secret' })).rejects.toThrow(/authentication methods failed/);
    await expect(worker.login({ username: 'nobody' })).rejects.toThrow(/authentication methods failed/);
  });

  it.skipIf(!HAS_OTHER_USERS)(
    'lets in the user that it is told, with the environment of the container and without the rights of root',
    async () => {
      await using worker = await Worker.start(
        { WORKER_SSH_USER: 'ci', AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/0a1b2c3d' },
        withUserCi,
      );
      const client = await worker.login({ username: 'ci' });
      const said = await run(client, 'echo "$(id -un) $HOME $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"');
      const key = await run(client, `cat '${worker.folder}/run/host_key'`);
      client.end();
      expect(said).toEqual({ out: `ci ${worker.folder}/home /v2/credentials/0a1b2c3d\n`, code: 0 });
      expect(key).toMatchObject({ out: expect.stringContaining('Permission denied'), code: 1 });
      await expect(worker.login({ username: USER })).rejects.toThrow(/authentication methods failed/);
    },
  );

  it('makes a new host key at every start and prints its fingerprint', async () => {
    await using first = await Worker.start();
    (await first.login()).end();
    await using second = await Worker.start();
    (await second.login()).end();
    const print = (worker: Worker) => /host key 256 (SHA256:\S+)/.exec(worker.printed)?.[1];
    const file = join(first.folder, 'run/host_key');
    expect(print(first)).toBe(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).split(' ')[1]);
    expect(print(second)).not.toBe(print(first));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps the environment from other users', async () => {
    await using worker = await Worker.start();
    (await worker.login()).end();
    expect(statSync(join(worker.folder, 'run/environment')).mode & 0o777).toBe(0o600);
  });

  it('ends on SIGTERM', async () => {
    await using worker = await Worker.start();
    (await worker.login()).end();
    expect(await worker.end('SIGTERM')).not.toBeNull();
  });

  it('runs the given command where there is no key, as the deadline sidecar wants it', async () => {
    expect(await ended({}, 'sh', '-c', 'echo "$0 $1"; exit 124', 'a', 'b c')).toEqual({ code: 124, printed: 'a b c\n' });
    const umask = execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' });
    expect(await ended({}, 'sh', '-c', 'umask')).toEqual({ code: 0, printed: umask });
  });

  it.each([
    [{}, /neither SSH_PUBLIC_KEY nor a command[\s\S]*cure:/],
    [{ SSH_PUBLIC_KEY: 'nonsense' }, /SSH_PUBLIC_KEY is no public key[\s\S]*cure:.*ssh-ed25519/],
    [{ SSH_PUBLIC_KEY: 'x', WORKER_SSH_USER: 'no-such-user' }, /'no-such-user', and the image has no such user[\s\S]*cure:/],
    [{ SSH_PUBLIC_KEY: 'x', WORKER_SSH_PORT: '22x' }, /WORKER_SSH_PORT is '22x'[\s\S]*cure:/],
  ])('says what is missing and ends with 78: %o', async (environment, words) => {
    const { code, printed } = await ended(environment);
    expect(printed).toMatch(words);
    expect(code).toBe(78);
  });
});
