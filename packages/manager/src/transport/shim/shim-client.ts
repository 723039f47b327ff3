import { z } from 'zod';
import type { Session } from '../transport.ts';
import { installCommand } from './install-command.ts';
import { runName, stageOf } from './run-name.ts';
import { withScript } from './piped-script.ts';
import type { Follow, PipedScript, PipeEnd, PutFile, Shim, ShimAnswer, StageEnd, StageRef, StageRun, WorkerState } from './shim.ts';
import type { Asked } from './asked.ts';
import { askShim, type ShimCall } from './shim-call.ts';
import { SHIM_SOURCE } from './shim-source.ts';
import { pipeEndSchema, stageEndSchema, workerStateSchema } from './worker-state-schema.ts';

/** Whose shim it is and where it lies. */
export interface ShimSettings {
  readonly session: Session;
  /** Absolute path of a folder that belongs to one placement; letters, digits and `._-/` only. */
  readonly folder: string;
  readonly generation: number;
  /** Seconds without a manager after which the worker ends itself. */
  readonly orphanTimeoutS: number;
}

/** What we speak. The shim that is installed first stays for the job, so its version may differ by one either way. */
const VERSION = 1;

/** Far more than one chunk ever has; a worker that sends more is not believed, and not kept in memory. */
const LARGEST_CHUNK = 64 * 1024 * 1024;

/** The shim of one worker over one connection. */
export class ShimClient implements Shim {
  readonly #settings: ShimSettings;

  /** Throws for a folder that a shell could take for something else. */
  constructor(settings: ShimSettings) {
    if (!/^\/[A-Za-z0-9._/-]+$/.test(settings.folder)) throw new Error(`not a folder for a shim: ${settings.folder}`);
    this.#settings = settings;
  }

  async open(signal: AbortSignal): Promise<ShimAnswer<WorkerState>> {
    const { folder, generation, orphanTimeoutS } = this.#settings;
    const stdin = Buffer.from(SHIM_SOURCE);
    const command = installCommand({ folder, size: stdin.length, words: ['open', generation, VERSION, whole(orphanTimeoutS, 1)] });
    const answer = flat(await this.#ask({ command, stdin, schema: workerStateSchema }, signal));
    if (answer.kind !== 'ok') return answer;
    if (Math.abs(answer.version - VERSION) > 1) return { kind: 'broken', cause: `its shim is of version ${answer.version}` };
    return { ...answer, stages: answer.stages.map((run) => ({ ...run, stage: stageOf(run.stage) })) };
  }

  async run(stage: StageRun, signal: AbortSignal): Promise<ShimAnswer<{ readonly started: 'now' | 'before' }>> {
    const stdin = Buffer.from(stage.script);
    const times = [whole(stage.deadlineS, 0), whole(stage.graceS, 0)];
    const command = this.#command('run', [...runName(stage), stdin.length, ...times, whole(stage.outputLimit, 1)]);
    return flat(await this.#insist({ command, stdin, schema: z.object({ started: z.enum(['now', 'before']) }) }, signal));
  }

  async follow(follow: Follow, signal: AbortSignal): Promise<ShimAnswer<StageEnd>> {
    let offset = follow.offset;
    const onBytes = (bytes: Buffer) => {
      offset += bytes.length;
      return follow.onBytes(bytes);
    };
    for (;;) {
      const before = offset;
      const command = this.#command('follow', [...runName(follow), offset]);
      const answer = flat(await this.#ask({ command, stdin: 'open', onBytes, schema: stageEndSchema }, signal));
      if (answer.kind !== 'ok' || offset >= answer.journalEnd) return answer;
      if (offset === before) return { kind: 'broken', cause: `its journal ends at ${offset} instead of ${answer.journalEnd}` };
    }
  }

  async signal(
    target: StageRef & { readonly name: 'TERM' | 'KILL' },
    signal: AbortSignal,
  ): Promise<ShimAnswer<{ readonly sent: boolean }>> {
    const command = this.#command('signal', [...runName(target), target.name]);
    return flat(await this.#ask({ command, schema: z.object({ sent: z.boolean() }) }, signal));
  }

  async commit(chunk: { readonly name: string; readonly bytes: Uint8Array }, signal: AbortSignal): Promise<ShimAnswer<object>> {
    const command = this.#command('commit', [chunkName(chunk.name), chunk.bytes.length]);
    return flat(await this.#ask({ command, stdin: chunk.bytes, schema: z.object({}) }, signal));
  }

  async fetch(name: string, signal: AbortSignal): Promise<ShimAnswer<{ readonly bytes: Buffer }>> {
    const answer = await this.#read(this.#command('fetch', [chunkName(name)]), signal);
    if (answer.kind !== 'ok' || answer.bytes.length === answer.size) return answer;
    return { kind: 'broken', cause: `chunk ${name} did not come as it was kept` };
  }

  async journal(
    { from, to }: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): Promise<ShimAnswer<{ readonly bytes: Buffer }>> {
    const size = whole(to, 0) - whole(from, 0);
    const answer = await this.#read(this.#command('journal', [whole(from, 0), size]), signal);
    if (answer.kind !== 'ok' || answer.bytes.length === size) return answer;
    return { kind: 'broken', cause: `its journal has ${answer.bytes.length} bytes from ${from} on instead of ${size}` };
  }

  async pipe(script: PipedScript, signal: AbortSignal): Promise<ShimAnswer<PipeEnd>> {
    let words = '';
    const onWords = (said: string) => {
      words = said;
    };
    const onBytes = (bytes: Buffer) => script.onBytes?.(bytes);
    const call = { command: this.#command('pipe', []), stdin: withScript(script), onBytes, onWords, schema: pipeEndSchema };
    const answer = flat(await this.#ask(call, signal));
    return answer.kind === 'ok' ? { ...answer, words } : answer;
  }

  async put({ name, size, bytes }: PutFile, signal: AbortSignal): Promise<ShimAnswer<object>> {
    const command = this.#command('put', [chunkName(name), whole(size, 0)]);
    const call = { command, stdin: bytes, schema: z.object({}) };
    // A stream can't be sent twice.
    return flat(bytes instanceof Uint8Array ? await this.#insist(call, signal) : await this.#ask(call, signal));
  }

  async renew(signal: AbortSignal): Promise<ShimAnswer<object>> {
    return flat(await this.#ask({ command: this.#command('renew', []), schema: z.object({}) }, signal));
  }

  async close(signal: AbortSignal): Promise<ShimAnswer<object>> {
    return flat(await this.#ask({ command: this.#command('close', []), schema: z.object({}) }, signal));
  }

  /** What a verb prints after the mark, and the size that it says in its answer. */
  async #read(command: string, signal: AbortSignal): Promise<ShimAnswer<{ readonly bytes: Buffer; readonly size: number }>> {
    const parts: Buffer[] = [];
    let size = 0;
    const onBytes = (bytes: Buffer) => {
      size += bytes.length;
      if (size <= LARGEST_CHUNK) parts.push(bytes);
      else parts.length = 0;
    };
    const answer = flat(await this.#ask({ command, onBytes, schema: z.object({ size: z.int().nonnegative() }) }, signal));
    return answer.kind === 'ok' ? { ...answer, bytes: Buffer.concat(parts) } : answer;
  }

  #command(verb: string, words: readonly (string | number)[]): string {
    const { folder, generation } = this.#settings;
    return ['exec sh', `${folder}/shim`, verb, generation, VERSION, ...words].join(' ');
  }

  /** Asks, and once more when the worker has given up what it kept in reserve: now there is room. */
  async #insist<T extends object>(call: ShimCall<T>, signal: AbortSignal): Promise<Asked<T>> {
    const answer = await this.#ask(call, signal);
    return answer.kind === 'full' && answer.again ? this.#ask(call, signal) : answer;
  }

  #ask<T extends object>(call: ShimCall<T>, signal: AbortSignal): Promise<Asked<T>> {
    return askShim(this.#settings, call, signal);
  }
}

function flat<T extends object>(asked: Asked<T>): ShimAnswer<T> {
  switch (asked.kind) {
    case 'ok':
      return { kind: 'ok', ...asked.fields };
    case 'full':
      return { kind: 'broken', cause: 'its disk is full' };
    default:
      return asked;
  }
}

/** The shell's arithmetic takes whole numbers only, and no larger ones than ours. */
function whole(value: number, least: number): number {
  return Math.min(Math.max(Math.ceil(value), least), Number.MAX_SAFE_INTEGER);
}

function chunkName(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw new Error(`not a name for a chunk or file: ${name}`);
  return name;
}
