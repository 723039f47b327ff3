import type { Rig } from '@fargate-gitlab-runner/testkit';
import type { Figure, Means } from '../figure.ts';
import { jobTimes } from '../job-times.ts';
import { logLinesScript } from '../log-lines.ts';
import { processUsage } from '../process-usage.ts';

const SECRETS = Array.from({ length: 20 }, (_, at) => ({
  key: `BENCH_SECRET_${at + 1}`,
  value: `s3cr3t-${at}-${'0123456789abcdef'.slice(at % 8)}`,
}));
/** The largest that the configuration takes; far more than is printed. */
const OUTPUT_LIMIT_KIB = 1_048_576;

interface Run {
  readonly megabytesPerSecond: number;
  readonly traceBytes: number;
  readonly patches: number;
  readonly managerCpuSeconds: number;
  readonly managerPeakRssMegabytes: number;
}

/** How fast the log of one job gets to GitLab while 20 secrets are masked. */
export const throughput: Figure = {
  name: 'throughput',
  withinMs: 240_000,
  measure: async (means) => {
    const runs: Run[] = [];
    for (let n = 0; n < (means.quick ? 1 : 3); n++) runs.push(await oneRun(means, means.quick ? 40 : 200));
    return {
      rows: [
        {
          figure: 'log of one job to GitLab, masking 20 secrets',
          unit: 'MB/s',
          target: { must: 'above', limit: 20 },
          values: runs.map((run) => run.megabytesPerSecond),
        },
      ],
      details: { runs, workerKind: means.rigs.workerKind },
    };
  },
};

async function oneRun({ rigs }: Means, repeats: number): Promise<Run> {
  const rig = await rigs.start({
    gitlab: { updateIntervalSeconds: 3, recordedRequests: 100, traceLimitBytes: OUTPUT_LIMIT_KIB * 1024 },
    config: { output_limit_kib: OUTPUT_LIMIT_KIB },
  });
  const manager = await rig.startManager();
  const script = [logLinesScript({ repeats, secrets: SECRETS.map(({ key }) => key) })];
  const { jobId } = await jobTimes(rig, { script, variables: SECRETS.map((variable) => ({ ...variable, masked: true })) });
  const usage = await processUsage(manager.pid);
  await assertMasked(rig, { jobId, expected: repeats * 200 * SECRETS.length });
  const { bytes, patches, ms } = await flowOf(rig, jobId);
  await rigs.end(rig);
  return {
    megabytesPerSecond: bytes / 1e6 / (ms / 1000),
    traceBytes: bytes,
    patches,
    managerCpuSeconds: usage.cpuSeconds,
    managerPeakRssMegabytes: usage.peakRssMegabytes,
  };
}

/** Throws when a secret is in the trace in clear, or a masked one is missing. */
async function assertMasked(rig: Rig, of: { readonly jobId: string; readonly expected: number }): Promise<void> {
  const trace = (await rig.gitlab.control.trace(of.jobId)).toString('latin1');
  for (const { key, value } of SECRETS) if (trace.includes(value)) throw new Error(`${key} is in the trace in clear`);
  const masked = trace.split('[MASKED]').length - 1;
  if (masked !== of.expected) throw new Error(`${masked} masked values are in the trace, not ${of.expected}`);
}

/** Bytes of the trace, and the time from the first PATCH that GitLab took to the last. Read when all is over: followers cost time. */
async function flowOf(rig: Rig, jobId: string): Promise<{ readonly bytes: number; readonly patches: number; readonly ms: number }> {
  const { traceSize } = await rig.gitlab.control.job(jobId);
  const times: number[] = [];
  for await (const event of rig.gitlab.control.follow({ jobId, kinds: ['trace'] })) {
    if (event.kind !== 'trace') continue;
    times.push(event.at);
    if (event.from + event.bytes.length >= traceSize) break;
  }
  return { bytes: traceSize, patches: times.length, ms: (times.at(-1) ?? 0) - (times[0] ?? 0) };
}
