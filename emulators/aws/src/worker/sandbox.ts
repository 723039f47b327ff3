import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { programOn } from './program-path.ts';
import type { WorkerOptions } from './worker-options.ts';

/** The folders of one worker, as far as its sandbox must know them. */
export interface SandboxFolders {
  /** The emulator's root: hidden from workers. */
  readonly root: string;
  /** Readable inside. */
  readonly readable: readonly string[];
  readonly home: string;
  /** HOME and /tmp are this small, in bytes each; undefined: HOME is a folder of the machine, /tmp as large as memory allows. */
  readonly diskBytes: number | undefined;
}

/**
 * The bwrap program to wrap workers in, or undefined where they run unwrapped. With `auto` it must not only be there but work,
 * which it does not where user namespaces are forbidden. Throws when the options insist and it does not.
 */
export function findBwrap(options: WorkerOptions): string | undefined {
  if (options.isolation === 'none') return undefined;
  const bwrap = programOn(options.path, 'bwrap');
  if (bwrap !== undefined && works(bwrap)) return bwrap;
  if (options.isolation === 'bwrap') throw new Error(`bwrap is not on the worker's PATH (${options.path}) or may not make namespaces`);
  return undefined;
}

/**
 * The command line that runs a program in a sandbox: a process namespace of its own in which the program is process 1 (so that its
 * environment is /proc/1/environ, and its end is the end of all), the machine read-only, /tmp private, HOME writable.
 */
export function sandboxed(bwrap: string, folders: SandboxFolders): string[] {
  const size = folders.diskBytes === undefined ? [] : ['--size', String(folders.diskBytes)];
  const readable = folders.readable.flatMap((folder) => ['--ro-bind', folder, folder]);
  const home = folders.diskBytes === undefined ? ['--bind', folders.home, folders.home] : [...size, '--tmpfs', folders.home];
  return [
    bwrap,
    ...['--die-with-parent', '--unshare-pid', '--as-pid-1', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...[...size, '--tmpfs', '/tmp', '--tmpfs', folders.root],
    ...[...readable, ...home, '--chdir', folders.home, '--'],
  ];
}

/**
 * What must be readable for Node to run `file`, though it lies under a hidden /tmp: the outermost folder above it that has
 * node_modules, or its own folder.
 */
export function programFolders(file: string): string[] {
  if (!file.startsWith(`${sep}tmp${sep}`)) return [];
  let found = dirname(file);
  for (let folder = found; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, 'node_modules'))) found = folder;
  return [found];
}

function works(bwrap: string): boolean {
  try {
    execFileSync(bwrap, ['--unshare-pid', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', 'true'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
