import { readdir, readFile } from 'node:fs/promises';
import { systemClock } from '@fargate-gitlab-runner/kernel';

/** The environment variable by which every process of an emulated task is known. */
export const TASK_MARK = 'FARGATE_EMULATOR_TASK';

/** One process, told apart from a later one with the same number by its start. */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks since the machine's start. */
  readonly startedAt: string;
}

interface ProcessEntry extends KnownProcess {
  readonly parent: number;
  /** The value of its mark; empty without one. */
  readonly mark: string;
}

const MARKED = new RegExp(`(?:^|\\0)${TASK_MARK}=([^\\0]*)`);
/** So many files of /proc are open at a time. */
const AT_A_TIME = 64;
let current: Promise<readonly ProcessEntry[]> = Promise.resolve([]);
let next: Promise<readonly ProcessEntry[]> | undefined;

/**
 * Every living process whose mark begins with `mark`, or that descends from one whose does. Linux only: it reads /proc.
 */
export async function markedProcesses(mark: string): Promise<readonly KnownProcess[]> {
  const entries = await allProcesses();
  const found = new Set(entries.filter((entry) => entry.mark.startsWith(mark)).map((entry) => entry.pid));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const entry of entries) if (found.has(entry.parent)) found.add(entry.pid);
  }
  return entries.filter((entry) => found.has(entry.pid));
}

/**
 * One look at /proc at a time, which begins after this call: whoever asks while one is under way shares the next one. Hundreds of tasks that end
 * at once would else open more files than a process may have, or wait in a line that never ends.
 */
function allProcesses(): Promise<readonly ProcessEntry[]> {
  next ??= current
    .catch(() => undefined)
    .then(() => {
      current = lookAtAll();
      next = undefined;
      return current;
    });
  return next;
}

async function lookAtAll(): Promise<readonly ProcessEntry[]> {
  const entries: ProcessEntry[] = [];
  const all = await pids();
  for (let at = 0; at < all.length; at += AT_A_TIME) {
    const some = await Promise.all(all.slice(at, at + AT_A_TIME).map((pid) => processEntry(pid)));
    entries.push(...some.filter((entry) => entry !== undefined));
  }
  return entries;
}

/**
 * Kills them until there are none, and those of `known` too, which may have lost mark and parent in the meantime. Throws when some will
 * not go, which only the kernel can cause.
 */
export async function killMarked(mark: string, known: readonly KnownProcess[] = []): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    const found = [...(await markedProcesses(mark)), ...(await stillLiving(known))];
    if (found.length === 0) return;
    for (const { pid } of found) signalProcess(pid, 'SIGKILL');
    await systemClock.sleep(turn < 20 ? 5 : 25);
  }
  throw new Error(`processes of ${mark} can't be killed`);
}

async function stillLiving(known: readonly KnownProcess[]): Promise<KnownProcess[]> {
  const entries = await Promise.all(known.map(({ pid }) => processEntry(pid)));
  return known.filter((process, at) => entries[at]?.startedAt === process.startedAt);
}

/** Signals one process that may be gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

/** The direct children of a process; none when it is gone. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '');
  return children.split(' ').filter(Boolean).map(Number);
}

async function pids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Undefined for a process that is gone, a zombie, or another user's. */
async function processEntry(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent = ''] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, parent: Number(parent), startedAt: fields[19] ?? '', mark: await markOf(pid) };
  } catch {
    return undefined;
  }
}

async function markOf(pid: number): Promise<string> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    return MARKED.exec(environment)?.[1] ?? '';
  } catch {
    return '';
  }
}
