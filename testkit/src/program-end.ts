import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { builtProgram } from './built-program.ts';

/** How a program ended that ran to its end by itself. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the built programs in `cwd` and resolves when it has ended. */
export async function programEnd(name: string, args: readonly string[], cwd: string): Promise<ProgramEnd> {
  const child = spawn(process.execPath, [builtProgram(name), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  return { code: child.exitCode, stdout, stderr };
}
