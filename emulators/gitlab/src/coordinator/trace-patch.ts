import type { TraceLog } from './trace-log.ts';

/** What `PATCH /jobs/:id/trace` comes to, once the job's token is known to be good. */
export type TracePatch =
  | { readonly kind: 'appended'; readonly from: number; readonly size: number }
  | { readonly kind: 'over-limit'; readonly end: number }
  | { readonly kind: 'no-content-range' }
  | { readonly kind: 'wrong-offset'; readonly from: number; readonly size: number };

/**
 * Appends a piece of trace if its offset is exactly the stored size. The limit is tested on the claimed end (start + length of
 * the body) and before the offset, as GitLab does: a far offset drops the job. The last number of `Content-Range` is ignored.
 */
export function patchTrace(
  trace: TraceLog,
  patch: { readonly contentRange: string | undefined; readonly body: Buffer; readonly limitBytes: number },
): TracePatch {
  if (patch.contentRange === undefined) return { kind: 'no-content-range' };
  const from = leadingInteger(patch.contentRange);
  const end = from + patch.body.length;
  if (end > patch.limitBytes) return { kind: 'over-limit', end };
  if (from !== trace.size) return { kind: 'wrong-offset', from, size: trace.size };
  if (patch.body.length > 0) trace.append(patch.body);
  return { kind: 'appended', from, size: trace.size };
}

/** Ruby's `to_i`: digits at the start count, anything else is 0. */
function leadingInteger(value: string): number {
  return Number(/^\s*(\d+)/.exec(value)?.[1] ?? 0);
}
