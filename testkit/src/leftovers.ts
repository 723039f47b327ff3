import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/**
 * What is left of a rig that was disposed of: its folder, and every process that has the folder's name in its command line or environment.
 * Empty when all is gone. Where there is no /proc, only the folder is looked for.
 */
export async function leftovers(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(pids.map((pid) => processThatNames(pid, folder)));
  return [...(existsSync(folder) ? [folder] : []), ...found.filter((line) => line !== '')];
}

async function processThatNames(pid: string, folder: string): Promise<string> {
  const [command, environment] = await Promise.all(['cmdline', 'environ'].map((file) => readProc(pid, file)));
  const isOurs = command?.includes(folder) || environment?.includes(folder);
  return isOurs ? `${pid}: ${command?.replaceAll('\0', ' ').trim()}` : '';
}

/** Nothing for a process that has gone or is another user's. */
function readProc(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
}
