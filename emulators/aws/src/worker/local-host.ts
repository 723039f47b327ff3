import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoopbackAddresses } from './loopback-addresses.ts';
import { LocalTask } from './local-task.ts';
import { INIT_SCRIPT } from './init-script.ts';
import { killMarked } from './marked-processes.ts';
import type { OnContainerExit, ProcessHost, TaskPlan, TaskProcesses } from './process-host.ts';
import { findBwrap, programFolders } from './sandbox.ts';
import { ImageTools } from './image-tools.ts';
import { Watchdog } from './watchdog.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What every task of one host shares. */
export interface HostGround {
  readonly options: WorkerOptions;
  /** The folder of everything the host writes. */
  readonly root: string;
  /** Marks the processes of all tasks of this host; a task's own mark begins with it. */
  readonly mark: string;
  readonly tools: ImageTools;
  readonly bwrap: string | undefined;
  /** The file of INIT_SCRIPT. */
  readonly init: string;
  /** Node's arguments for a worker of kind `ssh2`. */
  readonly entry: readonly string[];
  /** What a sandbox must let the worker read beside the system. */
  readonly readable: readonly string[];
}

/**
 * Runs tasks as process trees of this machine.
 *
 * Life: made -> tasks come and go -> closed, when every process and the root folder are gone. Gotchas: if the emulator is killed, the
 * watchdog does the same; nothing is told to the tasks, they are killed.
 */
export class LocalHost implements ProcessHost {
  readonly #ground: HostGround;
  readonly #addresses: LoopbackAddresses;
  readonly #watchdog: Watchdog;
  readonly #tasks = new Set<LocalTask>();
  #isClosed = false;

  constructor(options: WorkerOptions, place: { readonly root: string; readonly id: string; readonly addresses: LoopbackAddresses }) {
    const { root } = place;
    mkdirSync(join(root, 'tasks'), { recursive: true, mode: 0o755 });
    this.#addresses = place.addresses;
    this.#ground = groundOf(options, root, `${place.id}.`);
    this.#watchdog = new Watchdog(this.#ground.mark, root);
  }

  nextAddress(): string {
    return this.#addresses.take();
  }

  async start(plan: TaskPlan, onExit: OnContainerExit): Promise<TaskProcesses> {
    if (this.#isClosed) throw new Error('the emulator ends');
    const task = new LocalTask(this.#ground, plan, { onExit, onGone: () => this.#tasks.delete(task) });
    this.#tasks.add(task);
    try {
      await task.start();
    } catch (error) {
      await task.kill();
      throw error;
    }
    return task;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const task of this.#tasks) task.forget();
    await killMarked(this.#ground.mark);
    await this.#watchdog.close();
    rmSync(this.#ground.root, { recursive: true, force: true });
  }
}

function groundOf(options: WorkerOptions, root: string, mark: string): HostGround {
  const entry = options.entry ?? ownEntry();
  const tools = join(root, 'tools');
  const init = join(tools, 'init.sh');
  mkdirSync(tools, { recursive: true });
  writeFileSync(init, INIT_SCRIPT);
  const readable = [tools, ...programFolders(entry.at(-1) ?? '')];
  return { options, root, mark, tools: new ImageTools(options, tools), bwrap: findBwrap(options), init, entry, readable };
}

/** The worker's entry beside this code: TypeScript through tsx where this runs from source, JavaScript where it was compiled. */
function ownEntry(): string[] {
  const here = fileURLToPath(import.meta.url);
  const file = join(dirname(here), `main${extname(here)}`);
  return extname(here) === '.ts' ? ['--conditions=source', '--import', import.meta.resolve('tsx'), file] : [file];
}
