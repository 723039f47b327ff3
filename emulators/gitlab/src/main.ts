import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { readOptions } from './options.ts';
import { startGitLabEmulator } from './server.ts';

/*
 * A stand-in GitLab as a process of its own: `--options '<json>'` with fields of EmulatorSettings. It prints one JSON line
 * {"url", "controlUrl"} when it listens, and exits with 0 on SIGTERM or SIGINT; with `exitWithParent` also when standard input ends.
 */
const { values } = parseArgs({ options: { options: { type: 'string', default: '{}' } } });
const options = readOptions(values.options);
const emulator = await startGitLabEmulator(options, { clock: systemClock, random: systemRandom });

const stop = () => {
  emulator.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (options.exitWithParent) process.stdin.once('end', stop).once('error', stop).resume();
process.stdout.write(`${JSON.stringify({ url: emulator.url, controlUrl: emulator.controlUrl })}\n`);
