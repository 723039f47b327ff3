import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { programOn } from './program-path.ts';
import type { WorkerImage, WorkerOptions } from './worker-options.ts';

/** What a worker's sessions run on. */
export interface ToolPath {
  /** The shell that runs what comes over SSH. */
  readonly shell: string;
  /** Value of PATH. */
  readonly path: string;
}

/**
 * Finds the shell of an image and makes the PATH that goes with it, as a folder of symbolic links at `folder` where the system's own
 * folders hold too much (busybox; programs that the image is without). Throws when a program is not installed.
 */
export function toolPath(options: WorkerOptions, image: WorkerImage, folder: string): ToolPath {
  if (image.shell === 'busybox') return busyboxTools(options, image, folder);
  const shell = image.shell === 'default' ? (userInfo().shell ?? '/bin/sh') : needed(options, image.shell);
  if (options.withGit && image.without.length === 0) return { shell, path: options.path };
  return { shell, path: linksWithout((name) => isLeftOut(name, options, image), { path: options.path, folder }) };
}

/** The shell must be what it is called by, so it lies beside the rest. */
function busyboxTools(options: WorkerOptions, image: WorkerImage, folder: string): ToolPath {
  const busybox = needed(options, 'busybox');
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const others = ['git', ...image.with].filter((name) => !isLeftOut(name, options, image));
  mkdirSync(folder, { recursive: true });
  const programs = new Map([
    ...applets.filter((name) => !isLeftOut(name, options, image)).map((name) => [name, busybox] as const),
    ...others.map((name) => [name, needed(options, name)] as const),
  ]);
  for (const [name, target] of programs) symlinkSync(target, join(folder, name));
  return { shell: join(folder, 'sh'), path: folder };
}

function isLeftOut(name: string, options: WorkerOptions, image: WorkerImage): boolean {
  return image.without.includes(name) || (!options.withGit && /^git(-|$)/.test(name));
}

/** One folder with everything of the PATH but some; earlier folders win, as they do on a PATH. */
function linksWithout(isOut: (name: string) => boolean, { path, folder }: { readonly path: string; readonly folder: string }): string {
  mkdirSync(folder, { recursive: true });
  const programs = new Map<string, string>();
  for (const place of path.split(':')) {
    for (const name of listed(place)) if (!isOut(name) && !programs.has(name)) programs.set(name, join(place, name));
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
