import type { Problem } from '@fargate-gitlab-runner/kernel';
import { jobVariable } from '../coordinator/job-variable.ts';
import { checked, json, kinds, listOf, number, object, oneOf, optional, type Shaped, tableOf, text, yesNo } from '../wire/shape.ts';

const jobStatus = oneOf([
  'created',
  'manual',
  'scheduled',
  'waiting_for_resource',
  'pending',
  'running',
  'canceling',
  'success',
  'failed',
  'canceled',
  'skipped',
]);
const problemCode = checked('a code that begins with FR_', (value) => (isProblemCode(value) ? value : undefined));

/** The JSON shape of kernel's `Problem`. */
export const problem = object({
  code: problemCode,
  at: optional(text),
  what: text,
  given: optional(text),
  allowed: optional(text),
  cure: optional(text),
});

/** What a new runner is given; every field has a default: a token is made up, no tags, untagged jobs only if there are no tags. */
export const runnerSpec = object({
  token: optional(text),
  description: optional(text),
  tags: optional(listOf(text)),
  runUntagged: optional(yesNo),
  paused: optional(yesNo),
  /** Seconds. */
  maximumTimeout: optional(number),
  locked: optional(yesNo),
  accessLevel: optional(oneOf(['not_protected', 'ref_protected'])),
  maintenanceNote: optional(text),
  /** Paths of the only projects it serves; without it all, with an empty list it is orphaned. */
  projects: optional(listOf(text)),
});
/** See `runnerSpec`. */
export type RunnerSpec = Shaped<typeof runnerSpec>;

/** A runner as it is now, with the managers that have been in touch. */
export const runnerView = object({
  id: number,
  token: text,
  description: text,
  tags: listOf(text),
  runUntagged: yesNo,
  paused: yesNo,
  maximumTimeout: optional(number),
  locked: yesNo,
  accessLevel: oneOf(['not_protected', 'ref_protected']),
  maintenanceNote: optional(text),
  projects: optional(listOf(text)),
  /** Wall time in milliseconds; absent = never. */
  tokenExpiresAt: optional(number),
  managers: listOf(object({ systemId: text, cancelsGracefully: yesNo, info: json })),
});
/** See `runnerView`. */
export type RunnerView = Shaped<typeof runnerView>;

/** A legacy registration token; with a project, runners that register with it belong to that project. */
export const registrationTokenSpec = object({ project: optional(text) });
/** See `registrationTokenSpec`. */
export type RegistrationTokenSpec = Shaped<typeof registrationTokenSpec>;

/** A personal access token; without scopes it may do everything (`api`). */
export const accessTokenSpec = object({ scopes: optional(listOf(oneOf(['api', 'create_runner', 'manage_runner', 'read_api']))) });
/** See `accessTokenSpec`. */
export type AccessTokenSpec = Shaped<typeof accessTokenSpec>;

/** A token that was made. */
export const issuedToken = object({ token: text });

/**
 * A project: its path (`group/name`), the folder of its bare repository, which branches and tags are protected (default: none), and its
 * default branch (default: `main`). `readers` are the paths of other projects whose jobs may read it with their tokens (default: none).
 */
export const projectSpec = object({
  path: text,
  repository: text,
  readers: optional(listOf(text)),
  protectedRefs: optional(listOf(text)),
  defaultBranch: optional(text),
});
/** See `projectSpec`. */
export type ProjectSpec = Shaped<typeof projectSpec>;

/**
 * Where a pipeline comes from: `yml` itself, or `.gitlab-ci.yml` in the commit (`sha`, default the tip of `ref`, default `main`) of
 * `project`. A pipeline without a project has no sources. `variables` win over those of the file; `source` is `CI_PIPELINE_SOURCE`
 * (default `push`); `inputs` are values for `spec:inputs`. `beforeSha` is `CI_COMMIT_BEFORE_SHA` (default zeros), with which `changes` compares;
 * `jobs` are the names of those that the pipeline is to have (default: all that its rules let in).
 */
export const pipelineSpec = object({
  yml: optional(text),
  /** What problems call `yml`, and where it is in the commit; default `.gitlab-ci.yml`. */
  file: optional(text),
  project: optional(text),
  ref: optional(text),
  sha: optional(text),
  variables: optional(listOf(jobVariable)),
  source: optional(text),
  inputs: optional(tableOf(json)),
  beforeSha: optional(text),
  jobs: optional(listOf(text)),
  /** For `merge_request_event`: the branch it is to go into, and the commit that both have in common. */
  mergeRequest: optional(object({ targetBranch: text, diffBaseSha: optional(text) })),
  /** Paths that `rules:changes` sees; absent: every `changes` is true, as for a new branch. */
  changedPaths: optional(listOf(text)),
});
/** See `pipelineSpec`. */
export type PipelineSpec = Shaped<typeof pipelineSpec>;

/** One job that is put into the queue by itself. `payload` replaces top-level keys of the job payload; `rawPayload` all of it. */
export const jobSpec = object({
  name: optional(text),
  stage: optional(text),
  project: optional(text),
  ref: optional(text),
  sha: optional(text),
  tags: optional(listOf(text)),
  /** Whether its ref counts as protected; default: what the project says of it. */
  isProtected: optional(yesNo),
  allowFailure: optional(yesNo),
  timeoutSeconds: optional(number),
  script: optional(listOf(text)),
  afterScript: optional(listOf(text)),
  variables: optional(listOf(jobVariable)),
  requiredFeatures: optional(listOf(text)),
  payload: optional(tableOf(json)),
  rawPayload: optional(text),
});
/** See `jobSpec`. */
export type EnqueuedJobSpec = Shaped<typeof jobSpec>;

/** A job as it is now. Times are wall time in milliseconds. */
export const jobView = object({
  id: text,
  token: text,
  name: text,
  stage: text,
  pipelineId: number,
  status: jobStatus,
  tags: listOf(text),
  /** Whether its failure counts for nothing, its exit code considered. */
  allowFailure: yesNo,
  /** The name in the file, without what `parallel` adds to it. */
  group: text,
  when: oneOf(['on_success', 'on_failure', 'always', 'manual', 'delayed']),
  /** Names of the jobs that it waits for; absent when it waits for the stages before it. */
  needs: optional(listOf(text)),
  /** Whether `playJob` does something: a manual job, or a delayed one before its time. */
  isPlayable: yesNo,
  /** Whether another job of the same name has taken its place. */
  isRetried: yesNo,
  /** When a delayed job starts; absent unless it waits for that. */
  startsAt: optional(number),
  /** `manual_confirmation`: to be asked before a manual job is played. */
  confirmation: optional(text),
  failureReason: optional(text),
  exitCode: optional(number),
  assignment: optional(object({ runnerId: number, systemId: text, cancelsGracefully: yesNo, at: number })),
  traceSize: number,
  /** Whether something of its log was forgotten behind the runner's back. */
  hasForgotten: yesNo,
  traceChecksum: text,
  traceChunks: number,
  updates: listOf(
    object({
      at: number,
      state: text,
      answered: number,
      failureReason: optional(text),
      exitCode: optional(number),
      checksum: optional(text),
      bytesize: optional(number),
      body: json,
    }),
  ),
  artifacts: listOf(
    object({ type: text, format: oneOf(['zip', 'gzip', 'raw']), filename: text, size: number, sha256: text, expireAt: optional(number) }),
  ),
  /** Variables of its dotenv report. */
  dotenv: listOf(jobVariable),
  isErased: yesNo,
  /** Whether a `PATCH` of its trace had `debug_trace=true`. */
  isDebugTrace: yesNo,
  /** Why no runner that has been in touch would take the pending job. */
  stuck: optional(text),
});
/** See `jobView`. */
export type JobView = Shaped<typeof jobView>;

/** A pipeline with its jobs as they are now. */
export const pipelineView = object({
  id: number,
  /** `manual`: blocked by a manual job that is not allowed to fail. */
  status: jobStatus,
  /** `workflow:name`. */
  name: optional(text),
  stages: listOf(text),
  /** Those that were tried again (`isRetried`) included, in order of creation. */
  jobs: listOf(jobView),
});
/** See `pipelineView`. */
export type PipelineView = Shaped<typeof pipelineView>;

/** What asking for a pipeline comes to: it started, or the file has problems (all of them). Notes name what is accepted but ignored. */
export const pipelineStart = kinds({
  started: object({ kind: oneOf(['started']), pipeline: pipelineView, notes: listOf(text) }),
  invalid: object({ kind: oneOf(['invalid']), problems: listOf(problem) }),
});
/** See `pipelineStart`. */
export type PipelineStart = Shaped<typeof pipelineStart>;

/** One line of the event stream; `bytes` is base64. */
export const eventLine = kinds({
  job: object({
    kind: oneOf(['job']),
    seq: number,
    at: number,
    jobId: text,
    name: text,
    stage: text,
    pipelineId: number,
    from: jobStatus,
    to: jobStatus,
    failureReason: optional(text),
    exitCode: optional(number),
  }),
  trace: object({ kind: oneOf(['trace']), seq: number, at: number, jobId: text, from: number, bytes: text }),
  pipeline: object({ kind: oneOf(['pipeline']), seq: number, at: number, pipelineId: number, status: text }),
});

/** What may be turned while the server runs; each is explained in `Knobs`. */
export const knobsSpec = object({
  longPollMs: optional(number),
  updateIntervalSeconds: optional(number),
  traceLimitBytes: optional(number),
  artifactLimitBytes: optional(number),
  rejectedFinals: optional(number),
  acceptedRepeats: optional(number),
  pendingTraceMs: optional(number),
  tokenLifetimeSeconds: optional(number),
  isRegistrationAllowed: optional(yesNo),
  isMigrating: optional(yesNo),
  rateLimits: optional(object({ requestPerMinute: number, tracePerMinute: number, jobPerMinute: number })),
  twoPhaseCommit: optional(yesNo),
  areArtifactsRemote: optional(yesNo),
});
/** See `knobsSpec`. */
export type KnobsSpec = Shaped<typeof knobsSpec>;

/** How GitLab is away: connections are refused, or accepted and cut. With `forMs` it comes back by itself. */
export const outageSpec = object({ how: oneOf(['refuse', 'drop']), forMs: optional(number) });
/** See `outageSpec`. */
export type OutageSpec = Shaped<typeof outageSpec>;

/** A finding of the judging server. */
export const finding = object({ rule: text, detail: text, request: optional(text), jobId: optional(text) });

function isProblemCode(value: unknown): value is Problem['code'] {
  return typeof value === 'string' && value.startsWith('FR_');
}
