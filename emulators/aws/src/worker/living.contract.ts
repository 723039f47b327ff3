import { readFileSync } from 'node:fs';

/** Whether a process lives. A zombie does not: who reaps it is the machine's first process. */
export function isLiving(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}
