import { readFile } from 'node:fs/promises';

/** Linux counts CPU time for user space in hundredths of a second on every architecture Node runs on. Source: proc(5), USER_HZ. */
const TICKS_PER_SECOND = 100;
const MEGABYTE = 1_000_000;

/** What a process has used so far. Megabytes are 10^6 bytes. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
  /** The most it ever had. */
  readonly peakRssMegabytes: number;
}

/** Reads /proc: user and system time, VmRSS and VmHWM. */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all(['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
  // The second field is the name in parentheses and may hold anything.
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    rssMegabytes: kibibytesOf('VmRSS', status ?? '') * (1024 / MEGABYTE),
    peakRssMegabytes: kibibytesOf('VmHWM', status ?? '') * (1024 / MEGABYTE),
  };
}

function kibibytesOf(name: string, status: string): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc does not say ${name}`);
  return Number(kibibytes);
}
