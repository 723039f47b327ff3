/** One line of what a runner owes a job. */
export interface ChecklistLine {
  readonly line: number;
  readonly statement: string;
  /** Tests that show it beside, or in place of, a case. From the root of the repository. */
  readonly tests?: readonly string[];
  /** Why neither a case nor a test shows it. */
  readonly reason?: string;
}

const SEQUENCE = 'packages/manager/src/job/stages/stage-sequence.test.ts';
const PIPELINE = 'packages/manager/src/job/trace/pipeline/trace-pipeline.test.ts';
const SOURCES = 'packages/manager/src/shell/get-sources.test.ts';
const SUBMODULES = 'packages/manager/src/shell/git-submodules.test.ts';
const ARTIFACTS = 'packages/manager/src/job/relay/artifacts.test.ts';
const CACHE = 'packages/manager/src/shell/cache/cache-stages.test.ts';
const KINDS = 'e2e/src/coordinator/kinds-of-gitlab.test.ts';
const NO_DRIVER = 'of runners with a custom executor, which this one is not';
const NO_SERVICES = 'services are not there yet';

/** Lines that have neither tests nor a reason have a case. */
export const CHECKLIST: readonly ChecklistLine[] = [
  { line: 1, statement: 'A job with only a script runs prepare_script, get_sources, step_script and cleanup_file_variables.' },
  { line: 2, statement: 'After the script come after_script, the cache and the artifacts, in this order.' },
  { line: 3, statement: 'After a script that failed come after_script, cache and artifacts for failures, and the clean-up.' },
  { line: 4, statement: 'Artifacts are uploaded by their `when`; there is no section when none fits.' },
  { line: 5, statement: 'Sources that fail are tried again over an emptied folder; then no after_script follows.' },
  { line: 6, statement: 'Attempts are brought into 1 to 10, with a warning.' },
  {
    line: 7,
    statement: 'The second attempt begins 5 s after the first.',
    tests: ['packages/manager/src/job/stages/stage-deadline.test.ts'],
  },
  { line: 8, statement: 'After a failure of prepare_script no stage follows, and the task is stopped.', tests: [SEQUENCE] },
  {
    line: 9,
    statement: 'A worker that can not be had is tried again, unless the configuration is the cause.',
    tests: ['packages/manager/src/fleet/classification.test.ts', 'e2e/src/workers/losing.test.ts'],
  },
  { line: 10, statement: 'The exit code of the script is reported.' },
  { line: 11, statement: 'A pipe fails with its first part; a failure in a condition is none.' },
  { line: 12, statement: 'Commands read an empty input.' },
  { line: 13, statement: 'Values arrive unchanged, whatever is in them.', tests: ['packages/manager/src/shell/quoting.test.ts'] },
  { line: 14, statement: 'Folder and variables carry over from before_script to script, not to after_script.' },
  { line: 15, statement: 'GITLAB_ENV reaches after_script and the paths of artifacts.' },
  {
    line: 16,
    statement: 'File variables lie beside the project, with their exact bytes, and are gone at the end.',
    tests: ['packages/manager/src/shell/stage-script.test.ts'],
  },
  { line: 17, statement: 'CI_DEBUG_TRACE shows every command, and GitLab is told; an operator may forbid it.' },
  { line: 18, statement: 'Commands of several lines are shown by their first.' },
  { line: 19, statement: 'A background process does not keep the stage.' },
  {
    line: 20,
    statement: 'Section markers are byte-exact; each start has its end.',
    tests: ['packages/manager/src/job/trace/sections.test.ts'],
  },
  { line: 21, statement: 'No sections where GitLab wants none.', tests: [KINDS] },
  { line: 22, statement: 'The first line names the runner and its version, the second the short token and the system id.' },
  { line: 23, statement: 'The last line is `Job succeeded` or `ERROR: Job failed: ...`.' },
  { line: 24, statement: 'Every line has a timestamp.' },
  { line: 25, statement: 'A long line is split, its pieces marked as continuations.' },
  { line: 26, statement: 'A masked value is masked however it is cut.', tests: [PIPELINE] },
  { line: 27, statement: 'Secret parameters of URLs are masked, the rest of the URL is kept.' },
  { line: 28, statement: 'Tokens of GitLab are masked after their prefix.' },
  {
    line: 29,
    statement: 'Output beyond the limit is cut with one notice, and the job goes on.',
    tests: ['e2e/src/scripts/output.test.ts'],
  },
  { line: 30, statement: 'Invalid UTF-8 is replaced; checksum and size are those of what was sent.' },
  {
    line: 31,
    statement: '412 to the last update sends the trace again; 416 goes on at the offset of the server.',
    tests: [KINDS, 'packages/manager/src/job/trace/final-report.test.ts', 'packages/manager/src/job/trace/trace-sender.test.ts'],
  },
  { line: 32, statement: 'No file of the checkout has the token.', tests: [SOURCES] },
  { line: 33, statement: 'The depth is that of the payload.', tests: [SOURCES] },
  { line: 34, statement: 'Refspecs of merge requests are passed on as they are.', tests: [SOURCES] },
  { line: 35, statement: 'GIT_STRATEGY none keeps files, empty has a folder of its own; neither runs hooks.' },
  { line: 36, statement: 'GIT_CHECKOUT=false fetches and does not check out.', tests: [SUBMODULES] },
  { line: 37, statement: 'GIT_CLEAN_FLAGS=none cleans nothing, GIT_FETCH_EXTRA_FLAGS=none passes no flags.' },
  {
    line: 38,
    statement: 'Submodules of the same GitLab are had with the job token; SSH addresses too, with FORCE_HTTPS.',
    tests: [SUBMODULES],
  },
  { line: 39, statement: 'Stale locks do not break the next fetch.' },
  {
    line: 40,
    statement: 'A CA that the manager knows is good for git and for artifacts in the worker.',
    tests: [SOURCES, 'packages/manager/src/flow/tls-variables.test.ts'],
  },
  { line: 41, statement: 'Variables are put in once; raw ones are not touched.', tests: ['packages/manager/src/shell/expansion.test.ts'] },
  { line: 42, statement: 'CI_PROJECT_DIR and CI_BUILDS_DIR in values are the real folders.' },
  { line: 43, statement: 'CI_CONCURRENT_ID is the lowest free number.', tests: ['packages/manager/src/flow/roster.test.ts'] },
  { line: 44, statement: 'CI_JOB_STATUS tells after_script how the script ended.' },
  { line: 45, statement: 'A secret wins over a variable of its name.' },
  { line: 46, statement: 'After the timeout of the job nothing runs, and GitLab is told why.' },
  { line: 47, statement: 'After RUNNER_SCRIPT_TIMEOUT come after_script and the artifacts for failures.' },
  {
    line: 48,
    statement: 'Canceling stops the script and lets after_script run; canceled stops everything.',
    tests: ['e2e/src/takeover/cancel.test.ts', 'e2e/src/scripts/endings.test.ts'],
  },
  { line: 49, statement: 'A failed after_script leaves the job green, unless the job says otherwise.' },
  { line: 50, statement: 'after_script has a timeout of its own.', tests: ['packages/manager/src/job/stages/stage-deadline.test.ts'] },
  {
    line: 51,
    statement: 'A worker that is lost is runner_system_failure, never script_failure.',
    tests: ['e2e/src/workers/losing.test.ts', 'e2e/src/workers/last-words.test.ts'],
  },
  {
    line: 52,
    statement: 'Reasons that GitLab does not know are told by ones that it does.',
    tests: [KINDS, 'packages/protocol/src/failure-reason.test.ts'],
  },
  {
    line: 53,
    statement: 'A manager that is told to stop leaves no task behind.',
    tests: ['e2e/src/takeover/hand-over.test.ts', 'e2e/src/workers/left-behind.test.ts'],
  },
  {
    line: 54,
    statement: 'Keys of caches are cleaned, and objects have the names that GitLab gives them.',
    tests: ['packages/manager/src/shell/cache/cache-key.test.ts'],
  },
  { line: 55, statement: 'Fallback keys are tried in their order.', tests: [CACHE] },
  { line: 56, statement: 'Caches are restored and saved by their policy.', tests: [CACHE] },
  { line: 57, statement: 'A cache that can not be had or saved leaves the job green.', tests: [CACHE] },
  {
    line: 58,
    statement:
      'A link saves one object with the headers that are signed with it; the bucket encrypts it by its own default, SSE-KMS included.',
    tests: ['packages/manager/src/cache/s3/s3-cache-store.test.ts'],
  },
  { line: 59, statement: 'An upload that fails fails the job; paths that match nothing do not.', tests: [ARTIFACTS] },
  {
    line: 60,
    statement: 'Globs, exclusions, untracked files, links and empty folders.',
    tests: ['packages/manager/src/shell/artifacts/glob.test.ts'],
  },
  { line: 61, statement: 'A JUnit report is one of type junit, compressed with gzip.' },
  { line: 62, statement: 'Archives of earlier jobs are unpacked in their order.' },
  { line: 63, statement: 'An archive that is not there fails the job.', tests: [ARTIFACTS] },
  { line: 64, statement: 'A service answers by its name and aliases.', reason: NO_SERVICES },
  { line: 65, statement: 'HEALTHCHECK_TCP_PORT delays the script.', reason: NO_SERVICES },
  { line: 66, statement: 'Services get no variables that are not public.', reason: NO_SERVICES },
  { line: 67, statement: 'Driver: config prints JSON.', reason: NO_DRIVER },
  { line: 68, statement: 'Driver: exit codes of scripts.', reason: NO_DRIVER },
  { line: 69, statement: 'Driver: failures of the infrastructure.', reason: NO_DRIVER },
  { line: 70, statement: 'Driver: SIGTERM while it runs.', reason: NO_DRIVER },
  { line: 71, statement: 'Driver: names of stages.', reason: NO_DRIVER },
  { line: 72, statement: 'Driver: aliases and options of images.', reason: NO_DRIVER },
  { line: 73, statement: 'Web terminal.', reason: 'there is no web terminal yet' },
];
