#!/usr/bin/env node
// What the manager's image runs: run and check, without the emulators.
import { runProgram } from './program.ts';

process.exitCode = await runProgram(process.argv.slice(2));
