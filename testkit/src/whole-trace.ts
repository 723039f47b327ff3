import { deepEqual, equal, match } from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { Rig } from './rig.ts';

/**
 * Throws unless GitLab has the whole trace of an ended job and nothing to complain of: the last update named the checksum and size of what
 * is stored, and no client did anything wrong.
 */
export async function assertWholeTrace(rig: Rig, jobId: string): Promise<void> {
  const { control } = rig.gitlab;
  const [job, trace, findings] = await Promise.all([control.job(jobId), control.trace(jobId), control.findings()]);
  const last = job.updates.findLast((update) => update.state !== 'running');
  match(job.status, /^(success|failed|canceled)$/);
  deepEqual(
    { checksum: last?.checksum, bytesize: last?.bytesize },
    { checksum: `crc32:${crc32(trace).toString(16).padStart(8, '0')}`, bytesize: trace.length },
  );
  equal(trace.length, job.traceSize);
  deepEqual(findings, []);
}
