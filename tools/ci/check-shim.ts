import { spawnSync } from 'node:child_process';
import { shimProgram } from '../generators/shim-source.ts';

/** shellcheck over the shim as workers get it: its parts use one another's variables. */
const { status, error } = spawnSync('shellcheck', ['--shell=sh', '-'], {
  input: await shimProgram(),
  stdio: ['pipe', 'inherit', 'inherit'],
});
if (error) throw error;
process.exitCode = status ?? 1;
