import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { awsOptions, type AwsOptionsInput } from './options.ts';
import { startAwsEmulator } from './server.ts';

/**
 * The emulator as a process of its own: `--options '<AwsOptionsInput as JSON>'`. Prints `{"url": ...}` on a line of its own when it
 * is ready. SIGTERM and SIGINT end it cleanly with code 0, and so does the end of stdin if the options say so; bad options are code 2.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { options: { type: 'string', default: '{}' } } });
  const input: AwsOptionsInput = JSON.parse(values.options);
  const emulator = await startAwsEmulator(input, { clock: systemClock, random: systemRandom });
  const end = () => {
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (awsOptions(input, '').exitWithParent) process.stdin.resume().once('close', end);
  process.stdout.write(`${JSON.stringify({ url: emulator.url })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
