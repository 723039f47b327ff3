/** A kind of worker: the shell that it has, and whether it has `zip`, `unzip` and `curl` or nothing but that shell's own programs. */
export interface Cell {
  readonly shell: 'bash' | 'dash' | 'busybox';
  readonly way: 'tools' | 'bare';
  /** A runner whose operator has things to say (`operatorEntry`); a runner without when absent. */
  readonly operator?: 'talkative';
}

/** For what no shell can change. */
export const BASH: readonly Cell[] = [{ shell: 'bash', way: 'tools' }];

/** For what a shell may do in its own way. */
export const EVERY_SHELL: readonly Cell[] = [...BASH, { shell: 'dash', way: 'tools' }, { shell: 'busybox', way: 'tools' }];

/** On a runner with variables and scripts of its operator. */
export const TALKATIVE: readonly Cell[] = [{ shell: 'bash', way: 'tools', operator: 'talkative' }];

/** Every kind of worker that the walk has a runner for. */
export const ALL_CELLS: readonly Cell[] = [...EVERY_SHELL, ...TALKATIVE];

/** The name of a cell, of its runner, and of the group of its projects. */
export function cellName({ shell, way, operator }: Cell): string {
  return [shell, way, ...(operator ? [operator] : [])].join('-');
}
