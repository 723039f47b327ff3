import { resolveFeatureFlags } from '../../shell/feature-flags.ts';
import type { WorkerSink } from './chunk-sinks.ts';
import { RecordSink } from './chunk-sinks.ts';
import type { JobControl } from './job-control.ts';
import type { PlacingTime } from './placing-time.ts';
import type { JobFacts, JobTools } from '../job-tools.ts';
import type { RecordedJob } from '../recorded-job.ts';
import { type ChunkHead, decodeChunk } from '../trace/chunk.ts';
import { outputLimitBytes } from './output-limit-bytes.ts';
import { JobTrace } from '../trace/job-trace.ts';
import { TraceSender } from '../trace/trace-sender.ts';
import { makeSayLine, type SayLine } from '../trace/trace-lines.ts';

/** What a drive of a job starts from. */
export interface Drive {
  readonly tools: JobTools;
  readonly facts: JobFacts;
  readonly job: RecordedJob;
  readonly control: JobControl;
  readonly placingTime: PlacingTime;
}

/** A drive with the job's trace: everything the manager says and the worker prints goes through it. */
export interface TracedJob extends Drive {
  readonly trace: JobTrace;
  readonly sender: TraceSender;
  readonly say: SayLine;
  readonly recordSink: RecordSink;
}

/** Where the worker's chunks are had, and the name of its last one. */
export interface ChunksInWorker {
  readonly sink: WorkerSink;
  readonly lastChunk: string | undefined;
}

/**
 * The job's trace, continued from the last chunk that was written ahead (in the record, or in the worker: `inWorker`), so that not a
 * byte is lost, doubled or said twice.
 */
export async function traceJob(
  drive: Drive,
  of: { readonly masks: readonly string[]; readonly inWorker?: ChunksInWorker },
): Promise<TracedJob> {
  const { tools, facts, job, control } = drive;
  const { payload, jobId, jobToken } = job.record;
  const flags = resolveFeatureFlags(payload, Object.entries(facts.runner.environment));
  const recordSink = new RecordSink(job, control.leave);
  const last = await lastChunk(recordSink, { job, inWorker: of.inWorker });
  const trace = new JobTrace(
    {
      masks: of.masks,
      tokenPrefixes: payload.features.token_mask_prefixes,
      masksDefaultTokens: flags.get('FF_MASK_ALL_DEFAULT_TOKENS') ?? true,
      hasTimestamps: flags.get('FF_TIMESTAMPS') ?? true,
      limitBytes: outputLimitBytes(facts),
      clock: tools.clock,
    },
    last,
  );
  const sender = new TraceSender({
    trace,
    coordinator: tools.coordinator,
    job: { id: jobId, token: jobToken },
    isDebug: !drive.facts.runner.debugTraceDisabled && isDebugTrace(payload),
    clock: tools.clock,
    random: tools.random,
    sink: of.inWorker?.sink ?? recordSink,
    initialPaceMs: tools.settings.traceInitialPaceMs,
    resend: last,
    on: {
      canceling: () => control.requestCancel(),
      gone: (cause) => control.endBecause({ kind: 'dropped', detail: cause }),
      damaged: (cause) => tools.emit({ name: 'trace.findings', jobId, runner: job.record.runner, findings: [cause] }),
    },
  });
  return {
    ...drive,
    trace,
    sender,
    recordSink,
    say: makeSayLine(trace, { clock: tools.clock, hasSections: payload.features.trace_sections }),
  };
}

/** The highest chunk that can be read, in the worker or in the record. */
async function lastChunk(
  recordSink: RecordSink,
  of: { readonly job: RecordedJob; readonly inWorker: ChunksInWorker | undefined },
): Promise<ChunkHead | undefined> {
  const { lastChunk: newest, sink } = of.inWorker ?? {};
  const names = [...of.job.record.chunks.map((chunk) => chunk.name), ...(newest === undefined ? [] : [newest])];
  for (const name of [...new Set(names)].sort().reverse()) {
    const bytes = await (sink ?? recordSink).fetch(name);
    const decoded = bytes && decodeChunk(bytes);
    if (decoded?.kind === 'chunk') return decoded.chunk;
    if (decoded?.kind === 'recipe') return decoded.head;
  }
  return undefined;
}

/** Whether the job wants more in its log than others may see: GitLab shows such a log to fewer people. */
export function isDebugTrace(payload: { readonly variables: readonly { readonly key: string; readonly value: string }[] }): boolean {
  return ['CI_DEBUG_TRACE', 'CI_DEBUG_SERVICES'].some((key) =>
    ['1', 't', 'true'].includes(payload.variables.findLast((v) => v.key === key)?.value.toLowerCase() ?? ''),
  );
}
