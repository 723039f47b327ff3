import { PROBLEM_CODES, type ProblemCode } from '@fargate-gitlab-runner/config';
import { CLASSIFICATION } from '../../../packages/manager/src/fleet/classification-table.ts';

/** What a code means, as a sentence without a full stop, and what to do about it. */
export interface ErrorMeaning {
  readonly what: string;
  readonly cure: string;
}

/** The codes that no table of their own room explains. */
const OTHER_MEANINGS: Readonly<Record<string, ErrorMeaning>> = {
  FR_COORDINATOR_PROXY: {
    what: 'the address of the proxy on the way to the GitLab is not one that can be called',
    cure: 'correct HTTPS_PROXY or HTTP_PROXY, or name the GitLab in NO_PROXY',
  },
  FR_COORDINATOR_URL: {
    what: 'the address of the GitLab is not one that can be called',
    cure: 'set gitlab_url to the http:// or https:// address of the GitLab',
  },
  FR_FLEET_DEFINITION_NO_DEADLINE: {
    what: "the runner's task definition has no container ci-deadline, so nothing ends a task that the manager can't stop (a warning)",
    cure: 'add the essential sidecar ci-deadline of the worker definition',
  },
  FR_FLEET_DEFINITION_NO_WORKER: {
    what: "the runner's task definition has no container ci-coordinator",
    cure: 'name the container that runs sshd ci-coordinator',
  },
  FR_FLEET_DEFINITION_UNREADABLE: {
    what: "the runner's task definition could not be read; the message says why. Tasks get no deadline in ci-deadline until it is",
    cure: 'do what the message says; it is asked for again before each placement',
  },
  FR_FLEET_OVERRIDES_TOO_LONG: {
    what: 'the container overrides of the RunTask request are longer than ECS allows, which is 8192 characters',
    cure: "shorten the runner's environment",
  },
  FR_FLEET_SSH_UNREACHABLE: {
    what: 'the worker could not be reached by SSH before the time for it was over; the message has the last try',
    cure: "let the manager's security group reach the SSH port of the worker's, and check that the image starts sshd",
  },
  FR_FLEET_WORKER_UNPROVED: {
    what: 'the worker could not show the nonce it was started with, and the runner requires that proof',
    cure: 'let the worker run as a user that may read the environment of its first process, or take worker_proof: preferred',
  },
  FR_GITLAB_EMULATOR_BAD_JSON: {
    what: 'the stand-in GitLab got JSON that it cannot read; the message names the place',
    cure: 'correct the caller',
  },
  FR_GITLAB_EMULATOR_BUG: {
    what: 'the stand-in GitLab failed where it should not',
    cure: 'report it to the project, with the message',
  },
  FR_GITLAB_EMULATOR_GIT: {
    what: 'a git command on a repository of the stand-in GitLab failed; the message has its words',
    cure: 'check that git is installed and that the folder is writable',
  },
  FR_GITLAB_EMULATOR_LOCKED: {
    what: 'a runner that is locked to its projects was to be given another one',
    cure: 'unlock the runner first',
  },
  FR_GITLAB_EMULATOR_REFUSED: {
    what: 'the stand-in GitLab was asked for something that the state of the job does not allow',
    cure: 'look at the state of the job first: isPlayable, status',
  },
  FR_GITLAB_EMULATOR_NOT_OVER: {
    what: 'log and artifacts of a job were to be erased while it still waits or runs',
    cure: 'cancel the job, or wait for its end',
  },
  FR_GITLAB_EMULATOR_START: {
    what: 'the stand-in GitLab ended before it listened',
    cure: 'see what it printed before',
  },
  FR_GITLAB_EMULATOR_UNKNOWN: {
    what: 'the stand-in GitLab was asked for a job, runner or project that it does not have',
    cure: 'name one that was made before',
  },
  FR_LOCAL_BARE: {
    what: 'local mode was asked to run a bare repository, or the inside of a .git folder, which have no files',
    cure: 'clone it, and name the clone with --directory',
  },
  FR_LOCAL_GIT: {
    what: 'git could not take a copy of the folder for local mode; the message has its words',
    cure: 'check that git is installed and that the folder can be read',
  },
  FR_LOCAL_INPUT: {
    what: 'an input on the command line is no pair of name and value',
    cure: 'write `--input NAME=VALUE`; the value is JSON or text',
  },
  FR_LOCAL_NO_PIPELINE: {
    what: "the pipeline file can't be read",
    cure: 'run it in a folder with a .gitlab-ci.yml, or name the folder with --directory and the file with --file',
  },
  FR_LOCAL_REF: {
    what: 'git allows no branch or tag of the name that --ref or --tag gives',
    cure: 'choose another name; `git help check-ref-format` has the rules',
  },
  FR_LOCAL_UNKNOWN_JOB: {
    what: 'the pipeline has no job of a name that --job gives; the message has names that are like it',
    cure: 'see `local --list`; rules may leave a job out, depending on --source, --ref and --var',
  },
  FR_LOCAL_VARIABLE: {
    what: 'a variable on the command line or in a file of variables is not KEY=VALUE, or its name has characters that it may not have',
    cure: 'correct the line that the message names',
  },
  FR_LOCAL_VARIABLE_FILE: {
    what: "a file of variables can't be read",
    cure: 'name a file with lines of KEY=VALUE',
  },
  FR_PIPELINE_INVALID: {
    what: 'GitLab would refuse the pipeline file at this place',
    cure: 'correct the file as the message says',
  },
  FR_PIPELINE_NOT_YET: {
    what: "GitLab knows this keyword; local mode's reader does not yet",
    cure: 'leave it out here, or run this pipeline on a GitLab server',
  },
  FR_PIPELINE_NOT_HERE: {
    what: 'GitLab knows this keyword; it needs more of GitLab than a stand-in has, and the message says what',
    cure: 'leave it out here, for example with rules, or run this pipeline on a GitLab server',
  },
  FR_PIPELINE_EMPTY: {
    what: 'the rules of the pipeline file leave no pipeline, or no job, for this ref, source and variables',
    cure: 'start it for another ref, source or with other variables, or change the rules',
  },
  FR_PIPELINE_YAML: {
    what: 'the pipeline file is no valid YAML',
    cure: 'correct the file at this place',
  },
  FR_INPUT_EXPRESSION: {
    what: `an expression \${{ ... }} in the job has no value: it can not be read, names an input that the job does not have, or mixes kinds of values`,
    cure: 'correct it; write \\${{ for what is no expression',
  },
  FR_INPUT_SENSITIVE: {
    what: 'a template of the job would put a sensitive input into text that others can read',
    cure: 'hand the value over as a masked variable or a secret',
  },
  FR_SECRET_DENIED: {
    what: "a secret that the job asks for in secrets: may not be read by the manager's role, or by the role that the job names; the message has the answer of AWS",
    cure: "let that role read the secret and use its KMS key; a role of the job's also has to trust the ID tokens of the project",
  },
  FR_SECRET_MISSING: {
    what: 'a secret that the job asks for in secrets: is not there, or has no such version or field',
    cure: 'correct secrets:, or set FF_SECRET_RESOLVING_FAILS_IF_MISSING to false to go on without it',
  },
  FR_SECRET_NOT_PERMITTED: {
    what: "the job asks for a secret by the manager's own role, and job_secret_arns does not name it",
    cure: 'use an ID token and a role of your own, or let the operator add the ARN to job_secret_arns',
  },
  FR_SECRET_PROVIDER: {
    what: 'the job asks for a secret from a provider that this runner does not know',
    cure: 'keep it in AWS Secrets Manager or Parameter Store, or get it in the script by an ID token',
  },
  FR_SECRET_SETTINGS: {
    what: 'what the job says of a secret in secrets: makes no sense; the message says what',
    cure: 'correct secrets: in .gitlab-ci.yml, or the variables that its settings come from',
  },
  FR_SHELL_BUILDS_DIR: {
    what: 'the folder for builds is not an absolute path',
    cure: 'correct worker_builds_dir, or the home folder of the SSH user in the image',
  },
  FR_SHELL_CLONE_PATH: {
    what: 'GIT_CLONE_PATH of the job is not inside of the builds directory, or the runner does not let jobs choose',
    cure: 'begin it with $CI_BUILDS_DIR/, or let the operator set custom_build_dir',
  },
  FR_SHELL_EXPANSION_SIZE: {
    what: 'the variables of the job grow too large when they are put into one another',
    cure: 'look for variables that name each other many times over',
  },
  FR_SHELL_NUL: {
    what: 'a value that has to go into a shell script holds a NUL character',
    cure: 'remove the character from the variable that the message names',
  },
  FR_SHELL_SOURCES: {
    what: 'GitLab named a commit that is no commit id',
    cure: 'report it to the project, with the job',
  },
  FR_TELEMETRY_PORT: {
    what: 'the port for health and metrics could not be opened',
    cure: 'give telemetry.port another number, or 0 for any free one',
  },
  FR_UNKNOWN: {
    what: 'an error that names no problem: a defect of this program',
    cure: 'report it to the project, with the message',
  },
  FR_RUNNER_IN_USE: {
    what: 'what is to be removed from GitLab is used by a manager, or has jobs on record',
    cure: 'stop the manager and let its jobs end; `--force` when it was killed and does not run any more',
  },
  FR_RUNNER_REFUSED: {
    what: "GitLab refuses the token that a runner is registered, verified or removed with; the message has GitLab's answer",
    cure: 'check that the token is of this runner and this GitLab; where registration tokens are switched off, create a runner and use its glrt- token',
  },
  FR_RUNNER_UNAVAILABLE: {
    what: 'GitLab could not be asked, or gave no answer that could be used; the message has the last try',
    cure: 'check gitlab_url and the network, then try again',
  },
  FR_RUNNER_UNKNOWN: {
    what: 'a runner is named that the configuration does not have',
    cure: 'take a name from managers_configs; the message lists them',
  },
};

/** Every code that has a meaning: the rows of config's and fleet's own tables, and those above. */
export function errorMeanings(): ReadonlyMap<string, ErrorMeaning> {
  return new Map([...configMeanings(), ...fleetMeanings(), ...Object.entries(OTHER_MEANINGS)]);
}

function configMeanings(): [string, ErrorMeaning][] {
  const rows: [string, ProblemCode][] = Object.entries(PROBLEM_CODES);
  return rows.map(([code, { level, what, cure }]) => [code, { what: level === 'warning' ? `${what} (a warning)` : what, cure }]);
}

/** Several rows may share a code: the same trouble, seen in several places. */
function fleetMeanings(): [string, ErrorMeaning][] {
  const codes = new Set(CLASSIFICATION.map(({ failure }) => failure.code));
  return [...codes].map((code) => {
    const failures = CLASSIFICATION.map(({ failure }) => failure).filter((failure) => failure.code === code);
    return [code, { what: each(failures.map(({ cause }) => cause)), cure: each(failures.map(({ cure }) => cure)) }];
  });
}

function each(sentences: readonly string[]): string {
  return [...new Set(sentences)].join('; or ');
}
