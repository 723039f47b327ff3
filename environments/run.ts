import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environments } from './environments.ts';
import { wrapped } from './wrapper.ts';

/** What `npm run synth|diff|deploy|check -- ENVIRONMENT [arguments of the CDK command line]` runs. */
process.exitCode = wrapped(process.argv.slice(2), {
  environments,
  cdk: (args) => spawnSync('npx', ['cdk', ...args], { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: 'inherit' }).status ?? 1,
  say: (text, stream) => process[stream].write(`${text}\n`),
});
