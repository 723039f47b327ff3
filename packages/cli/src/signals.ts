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

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function listenForInterrupt(output: { note(text: string): void }, what = 'canceling the pipeline'): AbortSignal {
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

/** Ends this process at once when standard input closes: whoever holds its other end has gone. */
export function exitWithParent(): void {
  process.stdin.resume().once('close', () => process.exit(EXIT.interrupted));
  // Listening to the parent must not be what keeps a manager from ending by itself.
  process.stdin.unref();
}
