import type { EnqueuedJobSpec, GitLabControl, JobView } from '../../emulators/gitlab/src/index.ts';

/** One thing to see the official runner do. `run` gives what is other than expected. */
export interface OfficialCase {
  readonly name: string;
  run(control: GitLabControl): Promise<readonly string[]>;
}

/** What a job should have come to; a text that begins with `!` must not be in its trace. */
interface Expected {
  readonly status?: JobView['status'];
  readonly failureReason?: string;
  readonly exitCode?: number;
  readonly trace: readonly string[];
}

const SECRET = 's3cr3t-value-0042';
const BIG_BYTES = 3_000_000;

/** In the order in which they are run. */
export const OFFICIAL_CASES: readonly OfficialCase[] = [
  single('success', { script: ['echo "hello $CI_JOB_ID"'] }, { trace: ['hello 10', 'Job succeeded'] }),
  single(
    'failure with exit code',
    { script: ['exit 42'] },
    { status: 'failed', failureReason: 'script_failure', exitCode: 42, trace: ['exit status 42'] },
  ),
  single(
    'after_script',
    { script: ['false'], afterScript: ['echo "status=$CI_JOB_STATUS"'] },
    { status: 'failed', failureReason: 'script_failure', exitCode: 1, trace: ['status=failed'] },
  ),
  single(
    'masked variable',
    { script: ['echo "it is $API_KEY"'], variables: [{ key: 'API_KEY', value: SECRET, masked: true }] },
    { trace: ['it is [MASKED]', `!${SECRET}`] },
  ),
  single(
    'file and raw variables',
    {
      script: ['cat "$KUBECONFIG"', 'echo "$REGEX"'],
      variables: [
        { key: 'KUBECONFIG', value: 'kind: Config', file: true },
        { key: 'REGEX', value: '^v\\d+$HOME$', raw: true },
      ],
    },
    { trace: ['kind: Config', '^v\\d+$HOME$'] },
  ),
  { name: 'artifacts up and down', run: artifacts },
  { name: 'cache', run: cache },
  { name: 'graceful cancel', run: cancel },
  single(
    'timeout',
    { script: ['sleep 60'], timeoutSeconds: 5 },
    { status: 'failed', failureReason: 'job_execution_timeout', trace: ['execution took longer than'] },
  ),
  { name: 'big log', run: bigLog },
  single(
    'an executor option that it does not know',
    { payload: { image: { name: 'alpine', executor_opts: { docker: { unheard: true } } } } },
    { status: 'failed', failureReason: 'runner_system_failure', exitCode: 3, trace: ['unheard'] },
  ),
];

function single(name: string, spec: EnqueuedJobSpec, expected: Expected): OfficialCase {
  return { name, run: async (control) => compare(control, await ended(control, await control.enqueueJob({ name, ...spec })), expected) };
}

function ended(control: GitLabControl, { id }: JobView): Promise<JobView> {
  return control.jobEnd(id, AbortSignal.timeout(120_000));
}

async function compare(control: GitLabControl, job: JobView, expected: Expected): Promise<readonly string[]> {
  const trace = String(await control.trace(job.id));
  const { status = 'success', failureReason, exitCode } = expected;
  const seen = { status: job.status, failureReason: job.failureReason, exitCode: job.exitCode };
  const wanted = { status, failureReason, exitCode };
  const missing = expected.trace.filter((each) => (each.startsWith('!') ? trace.includes(each.slice(1)) : !trace.includes(each)));
  return [
    ...(JSON.stringify(seen) === JSON.stringify(wanted) ? [] : [`ended as ${JSON.stringify(seen)}, expected ${JSON.stringify(wanted)}`]),
    ...missing.map((each) => `in the trace: ${each}`),
  ];
}

const ARTIFACTS = `
stages: [one, two]
up:
  stage: one
  script: [mkdir -p out, echo built > out/file, echo "<testsuite/>" > junit.xml]
  artifacts: {name: bundle, paths: [out/], expire_in: 1 week, reports: {junit: junit.xml}}
down:
  stage: two
  script: cat out/file
`;

async function artifacts(control: GitLabControl): Promise<readonly string[]> {
  const start = await control.createPipeline({ yml: ARTIFACTS });
  if (start.kind === 'invalid') return start.problems.map(({ what }) => what);
  const { jobs } = await control.pipelineEnd(start.pipeline.id, AbortSignal.timeout(120_000));
  const [up, down] = jobs;
  if (!up || !down) return ['jobs are missing'];
  const kinds = up.artifacts.map(({ type, filename }) => `${type} ${filename}`).join(', ');
  return [
    ...(kinds === 'archive bundle.zip, junit junit.xml.gz' ? [] : [`stored: ${kinds}`]),
    ...(await compare(control, up, { trace: ['Uploading artifacts'] })),
    ...(await compare(control, down, { trace: ['Downloading artifacts', 'built'] })),
  ];
}

async function cache(control: GitLabControl): Promise<readonly string[]> {
  const payload = { cache: [{ key: 'k', paths: ['kept/'], policy: 'pull-push', when: 'on_success', untracked: false }] };
  const first = await ended(
    control,
    await control.enqueueJob({ name: 'fill', script: ['mkdir -p kept', 'echo mine > kept/file'], payload }),
  );
  const second = await ended(control, await control.enqueueJob({ name: 'use', script: ['cat kept/file'], payload }));
  return [...(await compare(control, first, { trace: ['Created cache'] })), ...(await compare(control, second, { trace: ['mine'] }))];
}

async function cancel(control: GitLabControl): Promise<readonly string[]> {
  const job = await control.enqueueJob({
    name: 'cancel',
    script: ['echo begun', 'sleep 60'],
    afterScript: ['echo "status=$CI_JOB_STATUS"'],
  });
  for await (const event of control.follow({ jobId: job.id, kinds: ['trace'], signal: AbortSignal.timeout(60_000) })) {
    if (event.kind === 'trace' && event.bytes.includes('begun')) break;
  }
  await control.cancelJob(job.id);
  return compare(control, await ended(control, job), { status: 'canceled', failureReason: 'unknown_failure', trace: ['status=canceled'] });
}

async function bigLog(control: GitLabControl): Promise<readonly string[]> {
  const script = [`head -c ${BIG_BYTES} /dev/zero | tr '\\0' x | fold -w 99`];
  const job = await ended(control, await control.enqueueJob({ name: 'big', script }));
  const small = job.traceSize < BIG_BYTES ? [`only ${job.traceSize} bytes of log`] : [];
  return [...small, ...(await compare(control, job, { trace: ['Job succeeded'] }))];
}
