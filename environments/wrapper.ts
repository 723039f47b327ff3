import type { DeployedEnvironment } from './common.ts';
import { type EnvironmentStacks, stacksOf } from './stacks.ts';

/** What the wrapper works with. */
export interface WrapperTools {
  readonly environments: Readonly<Record<string, DeployedEnvironment>>;
  /** Runs the CDK command line with these arguments and returns its exit code. */
  readonly cdk: (args: readonly string[]) => number;
  /** Writes a text for people. */
  readonly say: (text: string, stream: 'stdout' | 'stderr') => void;
}

const VERBS = ['synth', 'diff', 'deploy', 'check'];

/**
 * `VERB ENVIRONMENT [arguments of the CDK command line]`: hands over to the CDK command line with the app and the environment filled in.
 * `check` only reports what was noticed; `deploy` refuses placeholders.
 *
 * @returns the exit code: that of the CDK command line, 1 where the environment keeps it from being asked, 2 for words that nobody knows
 */
export function wrapped([verb = '', name = '', ...rest]: readonly string[], tools: WrapperTools): number {
  const environment = Object.hasOwn(tools.environments, name) ? tools.environments[name] : undefined;
  const refuse = (text: string, code: number) => {
    tools.say(text, 'stderr');
    return code;
  };
  if (!VERBS.includes(verb) || !environment) {
    const wrong = name === '' || environment ? '' : `no such environment: ${name}\n`;
    return refuse(`${wrong}usage: npm run ${VERBS.join('|')} -- ${Object.keys(tools.environments).join('|')} [arguments of cdk]`, 2);
  }
  const noticed = noticedIn(() => stacksOf(environment));
  if (noticed.kind === 'refused') return refuse(noticed.report, 1);
  if (verb === 'check') {
    tools.say(summaryOf(name, noticed.warnings), 'stdout');
    return 0;
  }
  const placeholders = noticed.warnings.filter(({ code }) => code === 'FR_CONFIG_PLACEHOLDER');
  if (verb === 'deploy' && placeholders.length > 0) {
    return refuse([`${name} still has ${placeholders.length} placeholders:`, ...placeholders.map(({ text }) => text)].join('\n'), 1);
  }
  return tools.cdk(cdkArguments(verb, name, rest));
}

/** What the CDK command line is given. Stacks, if any, come first in `rest`; without them it is all stacks of the environment. */
export function cdkArguments(verb: string, name: string, rest: readonly string[]): readonly string[] {
  const namesStacks = rest[0] !== undefined && !rest[0].startsWith('-');
  const stacks = namesStacks || rest.includes('--all') ? [] : ['--all'];
  const app = `npx tsx --conditions=source app.ts ${name}`;
  return [verb, '--app', app, '--output', `cdk.out/${name}`, '--no-notices', ...stacks, ...rest];
}

/** Making the stacks tells; nothing is synthesised. */
function noticedIn(make: () => EnvironmentStacks) {
  try {
    return { kind: 'made', warnings: make().runnerService.warnings } as const;
  } catch (error) {
    return { kind: 'refused', report: error instanceof Error ? error.message : String(error) } as const;
  }
}

function summaryOf(name: string, warnings: readonly { readonly code: string; readonly text: string }[]): string {
  const texts = warnings.map(({ code, text }) => `${text} [${code}]`);
  return texts.length === 0 ? `${name}: no problems` : [`${name}: ${texts.length} to see to`, ...texts].join('\n');
}
