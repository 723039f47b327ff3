import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AwsControl } from './control/aws-control.ts';
import { Fields } from './json-fields.ts';
import type { AwsOptionsInput } from './options.ts';

/** An emulator in a process of its own. */
export interface AwsEmulatorProcess {
  readonly url: string;
  readonly control: AwsControl;
  readonly pid: number;
  /** Ends it and waits until it, its tasks and its files are gone. Twice is the same as once. */
  stop(): Promise<void>;
}

/**
 * Starts an emulator as a process that ends with this one, in a process group of its own: Ctrl-C is this one's business. `entry` is
 * Node's arguments for its main file; the one beside this code when absent (a bundle must name it, and `worker.entry` too). Rejects with what the process said when it does not come up.
 */
export async function startAwsEmulatorProcess(input: {
  readonly entry?: readonly string[];
  readonly options: AwsOptionsInput;
}): Promise<AwsEmulatorProcess> {
  const options = JSON.stringify({ ...input.options, exitWithParent: true });
  const child = spawn(process.execPath, [...(input.entry ?? ownEntry()), '--options', options], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const url = await ready(child);
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, control: new AwsControl(url), pid: child.pid ?? -1, stop };
}

async function ready(
  child: ChildProcess & { readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream },
): Promise<string> {
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-4000);
  });
  for await (const line of createInterface({ input: child.stdout })) return Fields.of(JSON.parse(line)).string('url');
  throw new Error(`the ECS emulator did not start: ${said.trim()}`);
}

function ownEntry(): string[] {
  const here = fileURLToPath(import.meta.url);
  const file = join(dirname(here), `main${extname(here)}`);
  return extname(here) === '.ts' ? ['--conditions=source', '--import', import.meta.resolve('tsx'), file] : [file];
}
