import { setMaxListeners } from 'node:events';
import { processEnvironment, quietAwsSdkNotice } from '@fargate-gitlab-runner/config';
import { CodedError, renderProblem, systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { Command, CommanderError, Option } from 'commander';
import { runCheck } from './check-command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addLocal, type LoadLocal } from './local-options.ts';
import { type Output, processOutput } from './output.ts';
import { runReap } from './reap-command.ts';
import { addRegistration } from './registration-options.ts';
import { runManager } from './run-command.ts';
import { exitWithParent, listenForGoodbye, listenForInterrupt } from './signals.ts';
import { VERSION } from './version.ts';

/** The commands of a program: `run` and `check`, and `local` where it is given. Resolves with the exit code, and never throws. */
export async function runProgram(argv: readonly string[], loadLocal?: LoadLocal): Promise<ExitCode> {
  const output = processOutput(process, process.stdout.isTTY && (processEnvironment().NO_COLOR ?? '') === '');
  quietAwsSdkNotice();
  // Every wait listens to the signal that may end it: many waits at a time are no leak.
  setMaxListeners(0);
  const chosen: { run?: () => Promise<ExitCode> } = {};
  const program = new Command('fargate-gitlab-runner')
    .description('Runs GitLab CI jobs on AWS Fargate.')
    .version(`${VERSION.version} (${VERSION.revision})`)
    .exitOverride()
    .configureHelp({ helpWidth: 100 });
  addRun(program, (run) => (chosen.run = run), output);
  addCheck(program, (run) => (chosen.run = run), output);
  addReap(program, (run) => (chosen.run = run), output);
  addRegistration(program, { choose: (run) => (chosen.run = run), output, examples });
  if (loadLocal) addLocal(program, { choose: (run) => (chosen.run = run), output, loadLocal, examples });
  program.addHelpText(
    'after',
    examples([...(loadLocal ? ['local --directory examples/hello'] : []), 'check --config runners.yaml', 'run --config runners.yaml']),
  );
  try {
    program.parse([...argv], { from: 'user' });
    return (await chosen.run?.()) ?? EXIT.ok;
  } catch (error) {
    return exitOf(error, output);
  }
}

type Choose = (run: () => Promise<ExitCode>) => void;

function addRun(program: Command, choose: Choose, output: Output): void {
  program
    .command('run')
    .description('Run a manager: take jobs from GitLab and give each one a Fargate task.')
    .option('--config <file>', 'YAML, JSON or TOML file; without it the environment is read (GITLAB_URL, MANAGERS_CONFIGS, ...)')
    .addOption(new Option('--exit-with-parent').hideHelp())
    .addHelpText(
      'after',
      examples(['run --config runners.yaml', 'run   # configured by the environment, as in the manager image'], SIGNALS),
    )
    .action(({ config, ...options }: { config?: string; exitWithParent?: boolean }) =>
      choose(() => {
        if (options.exitWithParent) exitWithParent();
        return runManager({
          ...(config !== undefined && { config }),
          environment: processEnvironment(),
          clock: systemClock,
          random: systemRandom,
          output,
          goodbye: listenForGoodbye(output),
        });
      }),
    );
}

function addCheck(program: Command, choose: Choose, output: Output): void {
  program
    .command('check')
    .description('Check a configuration and say everything that is wrong with it; nothing is started.')
    .option('--config <file>', 'YAML, JSON or TOML file; without it the environment is read')
    .option('--without-tokens', "don't ask for tokens: for configurations that get them elsewhere", false)
    .addHelpText('after', examples(['check --config runners.yaml', 'check --config examples/hello/runners.yaml --without-tokens']))
    .action((options: { config?: string; withoutTokens: boolean }) =>
      choose(async () => runCheck({ ...options, environment: processEnvironment(), output })),
    );
}

function addReap(program: Command, choose: Choose, output: Output): void {
  program
    .command('reap')
    .description('Stop the tasks of this deployment that no record claims. Managers do this by themselves all the time.')
    .option('--config <file>', 'YAML, JSON or TOML file; without it the environment is read')
    .option('--dry-run', 'look once, say what is unclaimed, stop nothing', false)
    .addHelpText('after', examples(['reap --config runners.yaml --dry-run', 'reap --config runners.yaml']))
    .action((options: { config?: string; dryRun: boolean }) =>
      choose(() =>
        runReap({
          ...options,
          environment: processEnvironment(),
          clock: systemClock,
          random: systemRandom,
          output,
          interrupted: listenForInterrupt(output, 'stopping the look'),
        }),
      ),
    );
}

const SIGNALS = `
Signals:
  SIGTERM, SIGINT  hand the running jobs over to a successor and exit; their workers go on
  SIGQUIT          take no more jobs, finish the running ones, then exit
  a second signal  exit at once
`;

const EXIT_CODES = `
Exit codes:
  0 done   1 the pipeline, or what was asked for, failed   2 it waits for a manual job   64 wrong command line   70 a defect of this program
  78 wrong configuration or pipeline file   130 interrupted`;

function examples(lines: readonly string[], more = ''): string {
  return `\nExamples:\n${lines.map((line) => `  fargate-gitlab-runner ${line}`).join('\n')}\n${more}${EXIT_CODES}`;
}

function exitOf(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CodedError) {
    for (const problem of error.problems) output.note(renderProblem(problem));
    return EXIT.configuration;
  }
  output.note(`a defect of this program: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.internal;
}
