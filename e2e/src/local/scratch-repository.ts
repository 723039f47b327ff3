import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { builtProgram, gitEnvironment, leftovers } from '@fargate-gitlab-runner/testkit';
import { PtyRun, type TerminalSize } from './pty-run.ts';

/** How a run of the command ended. */
export interface LocalRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command that goes on. */
export interface RunningLocal {
  /** Resolves when standard output has these words. */
  printed(words: string): Promise<void>;
  /** Ctrl-C in a terminal: the signal goes to the whole process group. */
  interrupt(): void;
  /** Ends the command alone, and gives it no chance to tidy up. */
  kill(): void;
  readonly ended: Promise<LocalRun>;
}

/** A folder with a git repository, and a temporary folder of its own for what the command makes, so that leftovers are seen. */
export class ScratchRepository implements AsyncDisposable {
  readonly folder: string;
  readonly temporary: string;
  readonly #root: string;
  readonly #started: { kill(): void; readonly ended: Promise<unknown> }[] = [];

  private constructor(root: string) {
    this.#root = root;
    this.folder = join(root, 'my project');
    this.temporary = join(root, 'tmp');
  }

  /** With these files; without a commit. */
  static async make(files: Readonly<Record<string, string>>): Promise<ScratchRepository> {
    const repository = new ScratchRepository(await mkdtemp(join(tmpdir(), 'fgr-local-')));
    await mkdir(repository.temporary);
    await mkdir(repository.folder);
    await repository.write(files);
    await repository.git('init', '--quiet', '--initial-branch=trunk');
    return repository;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(this.folder, path, '..'), { recursive: true });
      await writeFile(join(this.folder, path), content);
    }
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8');
  }

  /** Something that a job can wait for: `/var/tmp/NAME` is there once it is open. Workers see that folder; /tmp and /dev are their own. */
  async gate(): Promise<AsyncDisposable & { readonly name: string; open(): Promise<void> }> {
    const folder = await mkdtemp('/var/tmp/fgr-gate-');
    const name = `${basename(folder)}/open`;
    return {
      name,
      open: () => writeFile(join('/var/tmp', name), ''),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  }

  async git(...args: string[]): Promise<string> {
    const options = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost'];
    const child = spawn('git', [...options, ...args], { cwd: this.folder, env: gitEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (child.exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${child.exitCode}`);
    return said.trim();
  }

  async commit(): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', 'content');
  }

  /** Every file of the folder and of `.git` with its content, but for the folder that `local` keeps logs in. */
  async fingerprint(): Promise<Readonly<Record<string, string>>> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.startsWith(join(this.folder, '.fargate-gitlab-runner')));
    const hashes = files.sort().map(async (path) => [path, await hashOf(path)] as const);
    return Object.fromEntries(await Promise.all(hashes));
  }

  /** What the command left behind: files in its temporary folder, and processes that know of it. */
  async leftBehind(): Promise<readonly string[]> {
    const processes = await leftovers(this.#root);
    return [...(await readdir(this.temporary)), ...processes.filter((line) => line !== this.#root)];
  }

  /** Runs `local` with these arguments to its end. */
  local(...args: string[]): Promise<LocalRun> {
    return this.start(args).ended;
  }

  /** Runs it in a pseudo-terminal of this size. */
  inTerminal(size: TerminalSize, ...args: string[]): PtyRun {
    const run = new PtyRun({ folder: this.folder, temporary: this.temporary, args, size });
    this.#started.push({ kill: () => run.kill(), ended: run.end() });
    return run;
  }

  start(args: readonly string[]): RunningLocal {
    const child = spawn(process.execPath, [builtProgram('cli'), 'local', ...args], {
      cwd: this.folder,
      env: { ...process.env, TMPDIR: this.temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (bytes: Buffer) => {
      said.stdout += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      said.stderr += bytes.toString();
    });
    const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...said }));
    const running: RunningLocal = {
      printed: async (words) => {
        while (!said.stdout.includes(words)) await once(child.stdout, 'data');
      },
      interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
      kill: () => void child.kill('SIGKILL'),
      ended,
    };
    this.#started.push(running);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#started) running.kill();
    await Promise.all(this.#started.map((running) => running.ended));
    await rm(this.#root, { recursive: true, force: true });
  }
}

async function hashOf(path: string): Promise<string> {
  const content = await readFile(path).catch(() => readlink(path));
  return createHash('sha256').update(content).digest('hex');
}
