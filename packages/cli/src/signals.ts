import { EXIT } from './exit-code.ts';
import type { Goodbye } from './run-command.ts';

/** The first signal says how to go; a second one ends the process at once. */
export function listenForGoodbye(output: { note(text: string): void }): Promise<Goodbye> {
  return new Promise((resolve) => {
    let isGoing = false;
    const on = (signal: NodeJS.Signals, goodbye: Goodbye) =>
      process.on(signal, () => {
        if (isGoing) process.exit(EXIT.interrupted);
        isGoing = true;
        output.note(
          `${signal}: ${goodbye === 'finish' ? 'finishing the jobs that run' : 'leaving the jobs to a successor'}; once more ends at once`,
        );
        resolve(goodbye);
      });
    on('SIGTERM', 'hand over');
    on('SIGINT', 'hand over');
    on('SIGQUIT', 'finish');
  });
}

/** Aborts at the first SIGINT or SIGTERM and says so; a second one ends the process at once. */
export function listenForInterrupt(output: { note(text: string): void }, what: string): AbortSignal {
  const interrupted = new AbortController();
  const onSignal = () => {
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    output.note(`${what}; once more ends at once`);
    interrupted.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return interrupted.signal;
}

/** How local mode is told to end. */
export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM: the pipeline is to be canceled. */
  readonly interrupted: AbortSignal;
  /** Aborts at the second one, and when the terminal has gone: everything is to be killed. */
  readonly killed: AbortSignal;
  /** What a signal does, for a terminal that sends Ctrl-C as a key. */
  interrupt(): void;
}

/** Listens to the signals that end local mode. The third one ends the process whatever it is at. */
export function listenForInterruption(): Interruption {
  const interrupted = new AbortController();
  const killed = new AbortController();
  const interrupt = () => {
    if (killed.signal.aborted) process.exit(EXIT.interrupted);
    if (interrupted.signal.aborted) killed.abort();
    interrupted.abort();
  };
  const kill = () => {
    interrupted.abort();
    killed.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', kill);
  // Whoever read our output has gone: EPIPE from a pipe, EIO from a terminal.
  process.stdout.on('error', kill);
  process.stderr.on('error', kill);
  return { interrupted: interrupted.signal, killed: killed.signal, interrupt };
}

/** Calls `restore` before this process ends in whatever way but SIGKILL, so also before a crash is printed, until the returned function is called. */
export function beforeExit(restore: () => void): () => void {
  process.on('exit', restore);
  process.on('uncaughtExceptionMonitor', restore);
  return () => {
    process.off('exit', restore);
    process.off('uncaughtExceptionMonitor', restore);
  };
}

/** What Ctrl-Z does: stops this process with its group and resolves when it goes on. */
export function suspend(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGCONT', resolve);
    process.kill(0, 'SIGTSTP');
  });
}

/** Ends this process at once when standard input closes: whoever holds its other end has gone. */
export function exitWithParent(): void {
  process.stdin.resume().once('close', () => process.exit(EXIT.interrupted));
  // Listening to the parent must not be what keeps a manager from ending by itself.
  process.stdin.unref();
}
