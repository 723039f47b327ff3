import { processEnvironment } from '@fargate-gitlab-runner/config';
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { type Command, Option } from 'commander';
import type { ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { runRegister } from './register-command.ts';
import type { RegistrarInput } from './registrar-input.ts';
import { listenForInterrupt } from './signals.ts';
import { runUnregister } from './unregister-command.ts';

/** What the commands become part of. */
interface RegistrationProgram {
  readonly choose: (run: () => Promise<ExitCode>) => void;
  readonly output: Output;
  /** The text under a command's help. */
  readonly examples: (lines: readonly string[], more?: string) => string;
}

interface RunnerOptions {
  readonly config?: string;
  readonly runner: readonly string[];
}

interface UnregisterOptions extends RunnerOptions {
  readonly all?: true;
  readonly manager?: string;
  readonly wholeRunner?: true;
  readonly force?: true;
}

/** Adds `register` and `unregister` to the program. */
export function addRegistration(program: Command, of: RegistrationProgram): void {
  addRegister(program, of);
  addUnregister(program, of);
}

function addRegister(program: Command, of: RegistrationProgram): void {
  program
    .command('register')
    .description('Register or verify runners with GitLab now, as a manager does at its start.')
    .option('--config <file>', CONFIG)
    .option('--runner <name>', 'this runner of the configuration; may be repeated; default: all', collect, [])
    .addHelpText('after', of.examples(['register --config runners.yaml', 'register --config runners.yaml --runner dev'], REGISTERING))
    .action(({ runner, ...options }: RunnerOptions) =>
      of.choose(() => runRegister({ ...options, runners: runner.length > 0 ? runner : 'all', ...surroundings(of.output) })),
    );
}

function addUnregister(program: Command, of: RegistrationProgram): void {
  const command = program.command('unregister').description('Remove managers of this deployment, or whole runners, from GitLab.');
  command
    .option('--config <file>', CONFIG)
    .option('--runner <name>', 'this runner of the configuration; may be repeated', collect, [])
    .option('--all', 'every runner of the configuration')
    .option('--manager <system_id>', "only this manager; default: every manager of this deployment's store")
    .addOption(new Option('--whole-runner', 'the runner itself, with all managers that use it').conflicts('manager'))
    .option('--force', 'also what a manager or a job still uses')
    .addHelpText('after', of.examples(UNREGISTER_EXAMPLES, UNREGISTERING))
    .action((options: UnregisterOptions) => {
      const { runner, manager } = options;
      if (runner.length > 0 === (options.all === true)) command.error('error: name the runners with --runner, or say --all');
      of.choose(() =>
        runUnregister({
          ...(options.config !== undefined && { config: options.config }),
          ...(manager !== undefined && { manager }),
          runners: options.all ? 'all' : runner,
          isWholeRunner: options.wholeRunner ?? false,
          isForced: options.force ?? false,
          ...surroundings(of.output),
        }),
      );
    });
}

const CONFIG = 'YAML, JSON or TOML file; without it the environment is read';

const UNREGISTER_EXAMPLES = [
  'unregister --config runners.yaml --runner dev',
  'unregister --config runners.yaml --runner dev --manager r_0123456789ab',
  'unregister --config runners.yaml --all --whole-runner',
];

const REGISTERING = `
A glrt- token is verified. A registration token is exchanged once; the store of the configuration keeps the runner's own
token, so that managers and later runs of this command use the same one.
`;

const UNREGISTERING = `
What a manager uses, or has jobs of, is left alone and named: stop the manager first.
`;

function surroundings(output: Output): Pick<RegistrarInput, 'environment' | 'clock' | 'random' | 'output' | 'interrupted'> {
  return {
    environment: processEnvironment(),
    clock: systemClock,
    random: systemRandom,
    output,
    interrupted: listenForInterrupt(output, 'stopping'),
  };
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
