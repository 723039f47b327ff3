#!/usr/bin/env node
// The whole command line: run, check and local.
import { runProgram } from './program.ts';

process.exitCode = await runProgram(process.argv.slice(2), () => import('./local/local-command.ts'));
