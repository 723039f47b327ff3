import type { RunnerInfo } from '@fargate-gitlab-runner/protocol';
import type { JobUpdate } from './coordinator.ts';

/**
 * The JSON of `PUT /jobs/:id`. `exit_code` and `bytesize` are left out when they are 0, `failure_reason` unless the state is failed;
 * the checksum stands in `output` and, for older servers, beside it. `token` is the job's, in clear.
 */
export function updateBody(update: JobUpdate, by: { readonly token: string; readonly info: RunnerInfo }) {
  const { state, failureReason, exitCode, output } = update;
  const checksum = output?.checksum === undefined ? {} : { checksum: checksumText(output.checksum) };
  return {
    info: by.info,
    token: by.token,
    state,
    ...(state === 'failed' && failureReason && { failure_reason: failureReason }),
    ...(exitCode && { exit_code: exitCode }),
    output: { ...checksum, ...(output?.bytesize && { bytesize: output.bytesize }) },
    ...checksum,
  };
}

function checksumText(crc: number): string {
  return `crc32:${(crc >>> 0).toString(16).padStart(8, '0')}`;
}
