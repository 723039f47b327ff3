import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { systemClock } from '@fargate-gitlab-runner/kernel';

/** One line of a manager's log: the name of the event, and its fields as text. */
export type LoggedEvent = ReadonlyMap<string, string>;

function loggedEvent(line: string): LoggedEvent {
  const fields: [string, unknown][] = Object.entries(JSON.parse(line));
  return new Map(fields.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]));
}

/** One manager: the built bundle in a process of its own. */
export class ManagerUnderTest {
  /** Also that of its log. */
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #log: string;

  constructor(of: { readonly name: string; readonly program: string; readonly config: string; readonly log: string }) {
    this.name = of.name;
    this.#log = of.log;
    const log = createWriteStream(of.log);
    this.#child = spawn(process.execPath, [of.program, 'run', '--config', of.config], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.#exited = once(this.#child, 'exit');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Sends a signal; resolves when the process has ended (for STOP and CONT: at once). */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#exited;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** What ended it, when no exit of its own did. */
  get signal(): NodeJS.Signals | null {
    return this.#child.signalCode;
  }

  /** Everything it logged so far. */
  log(): Promise<string> {
    return readFile(this.#log, 'utf8').catch(() => '');
  }

  /** The events it logged so far, oldest first, each with the fields of its line. */
  async events(): Promise<readonly LoggedEvent[]> {
    const lines = (await this.log()).split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map(loggedEvent);
  }

  /** Resolves when the log has a line with this event, the `times`th time. */
  async logged(event: string, times = 1): Promise<void> {
    while ((await this.log()).split(`"${event}"`).length - 1 < times) await systemClock.sleep(20);
  }
}
