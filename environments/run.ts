import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environments } from './environments.ts';
import { type EnvironmentStacks, stacksOf } from './stacks.ts';

/**
 * `npm run synth|diff|deploy|check -- ENVIRONMENT [arguments of the CDK command line]`: the CDK command line with the app and the environment
 * filled in. `check` only reports what was noticed; `deploy` refuses placeholders.
 */
const VERBS = ['synth', 'diff', 'deploy', 'check'];

process.exitCode = main(process.argv.slice(2));

function main([verb = '', name = '', ...rest]: readonly string[]): number {
  const environment = environments[name];
  if (!VERBS.includes(verb) || !environment) {
    return say(`usage: npm run ${VERBS.join('|')} -- ${Object.keys(environments).join('|')} [arguments of cdk]`, 2);
  }
  const noticed = warningsOf(() => stacksOf(environment));
  if (noticed.kind === 'refused') return say(noticed.report, 1);
  const texts = noticed.warnings.map(({ code, text }) => `${text} [${code}]`);
  if (verb === 'check')
    return say(texts.length === 0 ? `${name}: no problems` : [`${name}: ${texts.length} to see to`, ...texts].join('\n'), 0);
  const placeholders = noticed.warnings.filter(({ code }) => code === 'FR_CONFIG_PLACEHOLDER');
  if (verb === 'deploy' && placeholders.length > 0) {
    return say([`${name} still has ${placeholders.length} placeholders:`, ...placeholders.map(({ text }) => text)].join('\n'), 1);
  }
  return cdk(verb, name, rest);
}

/** Making the stacks tells; nothing is synthesised. */
function warningsOf(make: () => EnvironmentStacks) {
  try {
    return { kind: 'made', warnings: make().runnerService.warnings } as const;
  } catch (error) {
    return { kind: 'refused', report: error instanceof Error ? error.message : String(error) } as const;
  }
}

function cdk(verb: string, name: string, rest: readonly string[]): number {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const app = `npx tsx --conditions=source app.ts ${name}`;
  const args = ['cdk', verb, '--app', app, '--output', `cdk.out/${name}`, '--no-notices', ...(rest.length > 0 ? rest : ['--all'])];
  return spawnSync('npx', args, { cwd: folder, stdio: 'inherit' }).status ?? 1;
}

function say(text: string, exitCode: number): number {
  (exitCode === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  return exitCode;
}
