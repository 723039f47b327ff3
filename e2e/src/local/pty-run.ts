import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Terminal } from '@xterm/headless';
import { builtProgram } from '@fargate-gitlab-runner/testkit';

/** Size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A run of `local` in a real pseudo-terminal, made by `script` (util-linux), whose output goes to a terminal emulator: a test reads
 * from it what a person would see.
 */
export class PtyRun {
  readonly #child;
  readonly #terminal: Terminal;
  readonly #folder: string;
  readonly #ended: Promise<number | null>;
  #raw = '';
  #written: Promise<void> = Promise.resolve();

  constructor(of: { readonly folder: string; readonly temporary: string; readonly args: readonly string[]; readonly size: TerminalSize }) {
    const { columns, rows } = of.size;
    this.#folder = of.temporary;
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 2000 });
    const quoted = [process.execPath, builtProgram('cli'), 'local', ...of.args].map((word) => `'${word}'`).join(' ');
    const command = `stty cols ${columns} rows ${rows}; tty > '${this.#ttyFile}'; ${quoted}; code=$?; stty -a > '${this.#sttyFile}'; exit $code`;
    const { CI: _ci, NO_COLOR: _noColour, ...environment } = process.env;
    this.#child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: of.folder,
      env: { ...environment, TMPDIR: of.temporary, TERM: 'xterm-256color', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    this.#child.stdout.on('data', (bytes: Buffer) => {
      this.#raw += bytes.toString('latin1');
      this.#written = new Promise((resolve) => this.#terminal.write(bytes, resolve));
    });
    this.#ended = once(this.#child, 'close').then(() => this.#child.exitCode);
  }

  /** Everything that was written to the terminal, byte by byte. */
  get raw(): string {
    return this.#raw;
  }

  /** The rows that a person sees now, without spaces at their ends. */
  get screen(): readonly string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '');
  }

  /** All rows of the first screen, those that have scrolled away included. */
  get firstScreen(): readonly string[] {
    const { normal } = this.#terminal.buffer;
    return Array.from({ length: normal.length }, (_, row) => normal.getLine(row)?.translateToString(true) ?? '');
  }

  /** Whether the second screen is shown. */
  get isOnSecondScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Resolves when the screen looks as wanted; rejects with the screen when the run ends before. */
  async sees(isAsWanted: (screen: readonly string[]) => boolean): Promise<void> {
    for (let hasEnded = false; ; ) {
      const written = this.#written;
      await written;
      if (isAsWanted(this.screen)) return;
      // What came while that was drawn is looked at before anything is waited for: nothing may come after it.
      if (written !== this.#written) continue;
      if (hasEnded) throw new Error(`it ended before that was seen; the screen:\n${this.screen.join('\n')}`);
      hasEnded = await Promise.race([once(this.#child.stdout, 'data').then(() => false), this.#ended.then(() => true)]);
    }
  }

  press(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** What a window does whose size is changed: the emulator and the kernel's terminal learn of it, and the kernel tells the program. */
  async resize({ columns, rows }: TerminalSize): Promise<void> {
    const tty = (await readFile(this.#ttyFile, 'utf8')).trim();
    this.#terminal.resize(columns, rows);
    await once(spawn('stty', ['-F', tty, 'cols', String(columns), 'rows', String(rows)], { stdio: 'inherit' }), 'exit');
  }

  /** The exit code, once it has ended. */
  async end(): Promise<number | null> {
    const code = await this.#ended;
    await this.#written;
    return code;
  }

  /** The terminal's settings as the program left them. */
  settings(): Promise<string> {
    return readFile(this.#sttyFile, 'utf8');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get #ttyFile(): string {
    return join(this.#folder, '..', 'tty');
  }

  get #sttyFile(): string {
    return join(this.#folder, '..', 'stty');
  }
}
