import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { TASK_MARK } from './marked-processes.ts';

/**
 * Waits for the end of stdin, that is of the emulator; then kills what bears the mark `$1`, with its descendants (sshd writes its title
 * over its environment), and removes the folder `$2`. Each is looked at once more before it is killed: with hundreds of processes the list
 * is old by then, and a number may be somebody else's.
 */
const SCRIPT = `
trap '' TERM INT HUP
cat >/dev/null
kill_tree() {
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do (kill_tree "$child"); done
  kill -KILL "$1" 2>/dev/null
}
for turn in 1 2 3; do
  for file in $(grep -la "$1" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}; grep -qa "$1" "$file" 2>/dev/null && kill_tree "\${pid%/environ}"
  done
done
rm -rf "$2"
`;

/** A process that cleans up after the emulator, even when the emulator is killed and can't do it itself. */
export class Watchdog {
  readonly #process: ChildProcess;

  constructor(mark: string, root: string) {
    this.#process = spawn('/bin/sh', ['-c', SCRIPT, 'watchdog', `${TASK_MARK}=${mark}`, root], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
  }

  /** Lets it clean up now, and waits for that. */
  async close(): Promise<void> {
    const exited = this.#process.exitCode === null ? once(this.#process, 'exit') : undefined;
    this.#process.stdin?.end();
    await exited;
  }
}
