import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { shimFolderOf } from '@fargate-gitlab-runner/blueprint';
import { systemRandom } from '@fargate-gitlab-runner/kernel';
import { ShimClient } from './shim/shim-client.ts';
import type { ShimAnswer, StageEnd, StageRun, WorkerState } from './shim/shim.ts';
import type { Session } from './transport.ts';

/** Nobody aborts. The suites of all cells run at a time, each with a few commands: so many wait on it, and every one of them leaves it. */
export const never = new AbortController().signal;
setMaxListeners(0, never);

/** What a stage came to. */
export interface StageResult {
  readonly end: StageEnd;
  readonly output: Buffer;
}

/** The shim of one placement, which a test drives as a manager would. */
export class StageRig {
  readonly folder: string;
  readonly session: Session;
  readonly shim: ShimClient;
  readonly state: WorkerState;

  private constructor(parts: { folder: string; session: Session; shim: ShimClient; state: WorkerState }) {
    this.folder = parts.folder;
    this.session = parts.session;
    this.shim = parts.shim;
    this.state = parts.state;
  }

  /** Opens the shim; a new placement when no folder is given. */
  static async open(session: Session, of: { folder?: string; generation?: number; orphanTimeoutS?: number } = {}): Promise<StageRig> {
    const { folder = shimFolderOf(systemRandom.hex(8)), generation = 1, orphanTimeoutS = 600 } = of;
    const shim = new ShimClient({ session, folder, generation, orphanTimeoutS });
    return new StageRig({ folder, session, shim, state: must(await shim.open(never)) });
  }

  /** The same placement, seen by a manager of this generation. */
  again(session: Session, generation = 1): Promise<StageRig> {
    return StageRig.open(session, { folder: this.folder, generation });
  }

  /** A stage to run; ten minutes and 100 MB when nothing else is said. */
  stage(script: string, more: Partial<StageRun> = {}): StageRun {
    return { stage: 'step_script', attempt: 1, script, deadlineS: nowS() + 600, graceS: 1, outputLimit: 100_000_000, ...more };
  }

  /** Runs a stage to its end and reads all its output. */
  async run(script: string, more: Partial<StageRun> = {}): Promise<StageResult> {
    const stage = this.stage(script, more);
    must(await this.shim.run(stage, never));
    return this.follow(stage);
  }

  async follow(stage: { readonly stage: string; readonly attempt: number }, offset = 0): Promise<StageResult> {
    const parts: Buffer[] = [];
    const end = must(await this.shim.follow({ ...stage, offset, onBytes: (bytes) => void parts.push(bytes) }, never));
    return { end, output: Buffer.concat(parts) };
  }

  /** What a command in the worker prints. */
  async ask(command: string, stdin?: string): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    let stdout = '';
    let stderr = '';
    const end = await this.session.exec(
      {
        command,
        ...(stdin !== undefined && { stdin: Buffer.from(stdin) }),
        onStdout: (bytes) => {
          stdout += bytes.toString('latin1');
        },
        onStderr: (bytes) => {
          stderr += bytes.toString('latin1');
        },
      },
      never,
    );
    if (end.kind !== 'exited') throw new Error(`${command}: ${JSON.stringify(end)}`);
    return { code: end.code, stdout, stderr };
  }

  /** Command lines in the worker that name the shim's folder. */
  async processes(): Promise<readonly string[]> {
    // The name is put together so that this command does not find itself.
    const name = this.folder.slice(-8);
    const { stdout } = await this.ask(
      `for f in /proc/[0-9]*/cmdline; do tr "\\0" " " <$f; echo; done 2>/dev/null | grep "${name.slice(0, 7)}[${name.slice(7)}]"`,
    );
    return stdout.split('\n').filter(Boolean);
  }
}

/** The answer, where it is one. */
export function must<T>(answer: ShimAnswer<T>): T {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer));
  return answer;
}

export function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
