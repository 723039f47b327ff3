import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** GitLab's own runner, registered and running, in a folder of its own. */
export interface OfficialRunner extends AsyncDisposable {
  /** Stops it (jobs first), and takes its manager off the server. */
  unregister(): Promise<void>;
}

/** The first line of `--version`; undefined when there is no such program. */
export async function versionOf(binary: string): Promise<string | undefined> {
  const { stdout } = await run(binary, ['--version']).catch(() => ({ stdout: '' }));
  return stdout.trim().replace(/\s+/g, ' ') || undefined;
}

/** Registers with a `glrt-` token and starts it. Throws when the registration is refused. */
export async function startOfficialRunner({
  binary,
  url,
  token,
}: {
  readonly binary: string;
  readonly url: string;
  readonly token: string;
}): Promise<OfficialRunner> {
  const folder = await mkdtemp(join(tmpdir(), 'official-runner-'));
  const config = join(folder, 'config.toml');
  const places = ['--builds-dir', join(folder, 'builds'), '--cache-dir', join(folder, 'cache')];
  const who = ['--url', url, '--token', token, '--name', 'official', '--executor', 'shell', '--shell', 'bash'];
  await run(binary, ['register', '--non-interactive', '--config', config, ...who, ...places]);
  const child = spawn(binary, ['run', '--config', config, '--working-directory', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
    await exited;
  };
  return {
    unregister: async () => {
      await stop();
      await run(binary, ['unregister', '--config', config, '--all-runners']);
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
