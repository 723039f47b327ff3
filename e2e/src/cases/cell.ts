/** A kind of worker: the shell that it has, and whether it has `zip`, `unzip` and `curl` or nothing but that shell's own programs. */
export interface Cell {
  readonly shell: 'bash' | 'dash' | 'busybox';
  readonly way: 'tools' | 'bare';
  /** A runner whose operator has things to say to every job, or refuses them some; a runner without when absent. */
  readonly operator?: 'talkative' | 'strict';
}

/** For what no shell can change. */
export const BASH: readonly Cell[] = [{ shell: 'bash', way: 'tools' }];

/** For what a shell may do in its own way. */
export const EVERY_SHELL: readonly Cell[] = [...BASH, { shell: 'dash', way: 'tools' }, { shell: 'busybox', way: 'tools' }];

/** Without `zip` and `curl`: artifacts go through the manager. */
const BARE: readonly Cell[] = [
  { shell: 'bash', way: 'bare' },
  { shell: 'dash', way: 'bare' },
  { shell: 'busybox', way: 'bare' },
];

/** For what is done in another way where the worker has no tools. */
export const BOTH_WAYS: readonly Cell[] = [...EVERY_SHELL, ...BARE];

/** The same for what no shell can change. */
export const BASH_BOTH_WAYS: readonly Cell[] = BOTH_WAYS.filter(({ shell }) => shell === 'bash');

/** On a runner with variables and scripts of its operator. */
export const TALKATIVE: readonly Cell[] = [{ shell: 'bash', way: 'tools', operator: 'talkative' }];

/** On a runner that keeps little of a log and shows nothing more in it than usual. */
export const STRICT: readonly Cell[] = [{ shell: 'bash', way: 'tools', operator: 'strict' }];

/** How many bytes of a log a strict operator keeps. */
export const STRICT_LOG_BYTES = 32 * 1024;

/** Every kind of worker that the walk has a runner for. */
export const ALL_CELLS: readonly Cell[] = [...BOTH_WAYS, ...TALKATIVE, ...STRICT];

/** The name of a cell, of its runner, and of the group of its projects. */
export function cellName({ shell, way, operator }: Cell): string {
  return [shell, way, ...(operator ? [operator] : [])].join('-');
}
