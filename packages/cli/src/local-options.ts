import { createInterface } from 'node:readline/promises';
import { type Environment, processEnvironment } from '@fargate-gitlab-runner/config';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { beforeExit, type Interruption, listenForInterruption, suspend } from './signals.ts';
import { processTerminal } from './terminal.ts';

/** Starts local mode; loaded only when it is asked for, because the manager's image does not have the emulators. */
export type LoadLocal = () => Promise<typeof import('./local/local-command.ts')>;

/** What the command becomes part of. */
export interface LocalProgram {
  readonly choose: (run: () => Promise<ExitCode>) => void;
  readonly output: Output;
  readonly loadLocal: LoadLocal;
  /** The text under a command's help. */
  readonly examples: (lines: readonly string[], more?: string) => string;
}

interface LocalOptions {
  readonly config?: string;
  readonly directory: string;
  readonly file: string;
  readonly worker: 'ssh2' | 'sshd';
  readonly job: string[];
  readonly list?: true;
  readonly expand?: true;
  readonly input: string[];
  readonly json?: true;
  readonly var: string[];
  readonly varFile: string[];
  readonly maskedVarFile: string[];
  readonly source: string;
  readonly ref?: string;
  readonly tag?: string;
  readonly manual: string[];
  readonly yes?: true;
  readonly concurrency?: number;
  readonly live?: true;
  readonly plain?: true;
}

/** Where pipelines come from. Source: GitLab docs, "CI_PIPELINE_SOURCE predefined variable". */
const SOURCES = [
  'push',
  'web',
  'api',
  'schedule',
  'trigger',
  'pipeline',
  'parent_pipeline',
  'merge_request_event',
  'external_pull_request_event',
  'chat',
  'webide',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
  'external',
];

/** Adds `local` to the program. */
export function addLocal(program: Command, of: LocalProgram): void {
  const local = program
    .command('local')
    .description('Run the pipeline of a folder on this machine, along the path it takes in production.');
  pipelineOptions(local);
  runOptions(local);
  local.addHelpText('after', of.examples(EXAMPLES, INTERACTION)).action((options: LocalOptions) => of.choose(() => start(options, of)));
}

function pipelineOptions(local: Command): void {
  local
    .option('--directory <folder>', 'the folder to take', '.')
    .option('--file <file>', 'the pipeline file in it', '.gitlab-ci.yml')
    .option('--job <name>', 'run this job and what it needs; may be repeated', collect, [])
    .addOption(new Option('--list', 'print the jobs that the pipeline would have, and run none').conflicts(['live', 'plain']))
    .option('--json', 'with --list: as JSON')
    .addOption(
      new Option('--expand', 'print the pipeline file with includes, anchors and extends put in, and run nothing').conflicts([
        'list',
        'live',
        'plain',
      ]),
    )
    .option('--input <NAME=VALUE>', 'a value for spec:inputs, JSON or text; may be repeated', collect, [])
    .option('--var <KEY=VALUE>', 'a variable of the pipeline, above those of jobs; may be repeated', collect, [])
    .option('--var-file <file>', 'a file with such lines; may be repeated', collect, [])
    .option('--masked-var-file <file>', 'the same, with values that are masked in logs; may be repeated', collect, [])
    .addOption(new Option('--source <source>', 'CI_PIPELINE_SOURCE, which rules ask about').choices(SOURCES).default('push'))
    .option('--ref <branch>', 'the branch that the pipeline sees; the files are those of the folder either way')
    .addOption(new Option('--tag <tag>', 'the tag that the pipeline sees, instead of a branch').conflicts('ref'));
}

function runOptions(local: Command): void {
  local
    .option('--config <file>', 'the runners to use; without it one runner takes every job')
    .option('--concurrency <number>', 'jobs at a time; default: what --config says, or the number of processors', wholeNumber)
    .addOption(
      new Option('--worker <kind>', 'what serves SSH in a worker: our own server, or the system sshd (as root)')
        .choices(['ssh2', 'sshd'])
        .default('ssh2'),
    )
    .option('--manual <name>', 'play this manual job, or start this delayed one at once; may be repeated', collect, [])
    .option('--yes', 'play every manual job')
    .option('--live', 'the live view, also for a single job')
    .addOption(new Option('--plain', 'plain lines, also on a terminal').conflicts('live'));
}

const EXAMPLES = [
  'local',
  'local --list',
  'local --expand --input environment=staging',
  'local --job unit --var LEVEL=debug',
  'local --source merge_request_event --ref feature',
  'local --directory examples/hello --config examples/hello/runners.yaml',
];

const INTERACTION = `
Ctrl-C cancels the pipeline: scripts are stopped, their after_script runs. Once more ends everything at once.
Logs, artifacts and reports are kept in .fargate-gitlab-runner/jobs beside the pipeline file.
`;

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number from 1 to 9999');
}

async function start(options: LocalOptions, { output, loadLocal }: LocalProgram): Promise<ExitCode> {
  const environment = processEnvironment();
  const { runLocal, listJobs, expandFile } = await loadLocal();
  const interruption = listenForInterruption();
  const surroundings = {
    environment,
    output,
    interruption,
    beforeExit,
    suspend,
    clock: systemClock,
    ...terminalOf(environment, interruption),
  };
  const request = requestOf(options);
  if (options.list) return listJobs(request, { ...surroundings, format: options.json ? 'json' : 'table' });
  if (options.expand) return expandFile(request, surroundings);
  return runLocal(request, surroundings);
}

function requestOf(options: LocalOptions) {
  return {
    ...options,
    jobs: options.job,
    inputs: options.input,
    variables: { pairs: options.var, files: options.varFile, maskedFiles: options.maskedVarFile },
    isEveryManualPlayed: options.yes ?? false,
    view: options.live ? ('live' as const) : options.plain ? ('plain' as const) : ('auto' as const),
  };
}

/** The terminal, unless something says that it is not for drawing; and how to ask whoever sits there. */
function terminalOf(environment: Environment, { interrupted }: Interruption) {
  const isSet = (name: string) => (environment[name] ?? '') !== '';
  const isTerminal = process.stdout.isTTY && !isSet('CI') && environment.TERM !== 'dumb';
  return {
    terminal: isTerminal && !isSet('NO_COLOR') ? processTerminal(process.stdin, process.stdout) : undefined,
    question:
      isTerminal && process.stdin.isTTY
        ? (text: string, signal: AbortSignal) => ask(text, AbortSignal.any([signal, interrupted]))
        : undefined,
  };
}

/** An empty answer when the signal aborts, and at the end of input. */
async function ask(text: string, signal: AbortSignal): Promise<string> {
  const readline = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await Promise.race([
      readline.question(text, { signal }),
      new Promise<string>((resolve) => readline.once('close', () => resolve(''))),
    ]);
  } catch {
    return '';
  } finally {
    readline.close();
  }
}
