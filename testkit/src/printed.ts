import type { Rig } from './rig.ts';
import { traceLines } from './trace-text.ts';

/** Resolves when the job's trace at GitLab has this line. Never, if the job ends without it: a test has a timeout. */
export async function printed(rig: Rig, jobId: string, line: string): Promise<void> {
  const trace: Buffer[] = [];
  for await (const event of rig.gitlab.control.follow({ jobId, kinds: ['trace'] })) {
    if (event.kind === 'trace') trace.push(event.bytes);
    if (hasLine(Buffer.concat(trace), line)) return;
  }
}

/** Looks at whole lines only, because what was sent so far may end inside a character. */
function hasLine(trace: Buffer, line: string): boolean {
  return traceLines(trace.subarray(0, trace.lastIndexOf('\n') + 1)).includes(line);
}
