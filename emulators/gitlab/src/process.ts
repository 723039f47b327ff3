import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Clock, CodedError, deadlineSignal, systemClock } from '@fargate-gitlab-runner/kernel';
import { GitLabControl } from './control/gitlab-control.ts';
import type { EmulatorSettings } from './coordinator/settings.ts';
import { object, text } from './wire/shape.ts';

const STOP_WITHIN_MS = 5000;
const ready = object({ url: text, controlUrl: text });

/** A stand-in GitLab that runs as a process of its own. */
export interface GitLabEmulatorProcess extends AsyncDisposable {
  readonly url: string;
  readonly controlUrl: string;
  readonly control: GitLabControl;
  readonly pid: number | undefined;
  /** SIGTERM, and SIGKILL after five seconds; resolves when the process is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the program at `entry` (this package's `main`, or a bundle of it) with node and waits until it listens. The process ends
 * with its parent, which alone decides what Ctrl-C means: it has a process group of its own. `execArgv` goes before the entry: a
 * loader, for instance.
 */
export async function startGitLabEmulatorProcess(
  options: Partial<EmulatorSettings>,
  program: { readonly entry: string; readonly execArgv?: readonly string[]; readonly clock?: Clock },
): Promise<GitLabEmulatorProcess> {
  const settings = JSON.stringify({ ...options, exitWithParent: true });
  const child = spawn(process.execPath, [...(program.execArgv ?? []), program.entry, '--options', settings], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const line = await Promise.race([firstLine(child), exited]);
  if (typeof line !== 'string')
    throw new CodedError({ code: 'FR_GITLAB_EMULATOR_START', what: 'the stand-in GitLab ended before it listened' });
  const { url, controlUrl } = ready.read(JSON.parse(line), 'ready line');
  const stop = () => stopChild(child, exited, program.clock ?? systemClock);
  return { url, controlUrl, control: new GitLabControl(controlUrl), pid: child.pid, stop, [Symbol.asyncDispose]: stop };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}

async function stopChild(child: ChildProcess, exited: Promise<unknown>, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  using deadline = deadlineSignal(clock, STOP_WITHIN_MS);
  deadline.signal.addEventListener('abort', () => child.kill('SIGKILL'));
  child.kill('SIGTERM');
  await exited;
}
