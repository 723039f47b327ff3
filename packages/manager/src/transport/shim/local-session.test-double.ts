import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExecEnd, ExecRequest, Session } from '../transport.ts';

/** A session without a network: each command is a child process, leader of its own group as behind any SSH server. */
export class LocalSession implements Session {
  readonly lost = new Promise<string>(() => undefined);
  /** HOME of the worker. */
  readonly home: string;
  readonly #shell: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(home: string, shell: readonly string[], environment: NodeJS.ProcessEnv) {
    this.home = home;
    this.#shell = shell;
    this.#environment = environment;
  }

  /** @param programs all there is on PATH, beside what every worker has; `sh` is a link to the first */
  static async start(of: {
    readonly programs: readonly string[];
    readonly loginFile?: string;
    /** Whatever busybox can be, it is. */
    readonly isBusybox?: boolean;
  }): Promise<LocalSession> {
    const home = await mkdtemp(join(tmpdir(), 'local-session-'));
    const bin = join(home, 'bin');
    await mkdir(bin);
    const [shell = 'dash'] = of.programs;
    await symlink(pathOf(shell), join(bin, 'sh'));
    const applets = of.isBusybox ? execFileSync(pathOf('busybox'), ['--list'], { encoding: 'utf8' }).trim().split('\n') : [];
    for (const applet of applets.filter((name) => name !== 'sh' && name !== 'busybox')) await symlink(pathOf('busybox'), join(bin, applet));
    const programs = [...(of.isBusybox ? [] : COMMON), ...of.programs];
    for (const program of new Set(programs.filter((name) => !applets.includes(name) || name === 'busybox')))
      await symlink(pathOf(program), join(bin, program));
    if (of.loginFile !== undefined) await writeFile(join(home, 'login'), of.loginFile);
    const login = of.loginFile === undefined ? '' : '. "$HOME/login"; ';
    return new LocalSession(home, [join(bin, 'sh'), '-c', `${login}eval "$1"`, 'login'], { PATH: bin, HOME: home });
  }

  async exec(request: ExecRequest, signal: AbortSignal): Promise<ExecEnd> {
    const [program = '', ...words] = this.#shell;
    const child = spawn(program, [...words, request.command], { cwd: this.home, env: this.#environment, detached: true, signal });
    child.stdout.on('data', (bytes: Buffer) => void inTurn(child.stdout, request.onStdout?.(bytes)));
    child.stderr.on('data', (bytes: Buffer) => void request.onStderr?.(bytes));
    child.stdin.on('error', () => undefined);
    const closed = once(child, 'close');
    if (request.stdin === undefined || request.stdin instanceof Uint8Array) child.stdin.end(request.stdin);
    else if (request.stdin !== 'open') await pipeline(request.stdin, child.stdin).catch(unlessItEnded);
    const [code, name] = await closed;
    return typeof code === 'number' ? { kind: 'exited', code } : { kind: 'signaled', signal: String(name) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Reads on when what came was taken. */
async function inTurn(stdout: Readable, taken: void | Promise<void>): Promise<void> {
  if (taken === undefined) return;
  stdout.pause();
  await taken;
  stdout.resume();
}

/** A command may end before it has read everything. */
function unlessItEnded(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

/** What the shim uses, and a few for the scripts of tests. */
const COMMON = ['cat', 'date', 'head', 'mkdir', 'mkfifo', 'mv', 'rm', 'sed', 'sleep', 'tail', 'tr', 'wc', 'grep', 'env', 'ls'];

function pathOf(program: string): string {
  return execFileSync('sh', ['-c', 'unalias -a; command -v "$1"', 'sh', program], { encoding: 'utf8' }).trim();
}
