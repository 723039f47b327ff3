import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { programOn } from './program-path.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What a worker's sessions run on. */
export interface ToolPath {
  /** The shell that runs what comes over SSH. */
  readonly shell: string;
  /** Value of PATH. */
  readonly path: string;
}

/**
 * Finds the shell that the options name and makes the PATH that goes with it, in folders of symbolic links under `folder` where the
 * system's own folders hold too much (busybox; no git). Throws when a program is not installed.
 */
export function toolPath(options: WorkerOptions, folder: string): ToolPath {
  if (options.shell === 'busybox') return busyboxTools(options, join(folder, 'busybox-bin'));
  const shell = options.shell === 'default' ? (userInfo().shell ?? '/bin/sh') : needed(options, options.shell);
  return { shell, path: options.withGit ? options.path : withoutGit(options.path, join(folder, 'no-git-bin')) };
}

function busyboxTools(options: WorkerOptions, folder: string): ToolPath {
  const busybox = needed(options, 'busybox');
  mkdirSync(folder, { recursive: true });
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean))
    symlinkSync(busybox, join(folder, applet));
  if (options.withGit) symlinkSync(needed(options, 'git'), join(folder, 'git'));
  return { shell: join(folder, 'sh'), path: folder };
}

/** One folder with everything of the PATH but git; earlier folders win, as they do on a PATH. */
function withoutGit(path: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const programs = new Map<string, string>();
  for (const place of path.split(':')) {
    for (const name of listed(place)) if (!/^git(-|$)/.test(name) && !programs.has(name)) programs.set(name, join(place, name));
  }
  for (const [name, target] of programs) symlinkSync(target, join(folder, name));
  return folder;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function needed(options: WorkerOptions, program: string): string {
  const found = programOn(options.path, program);
  if (found === undefined) throw new Error(`${program} is not on the worker's PATH (${options.path})`);
  return found;
}
