import type { Fields } from '../json-fields.ts';

/** What goes wrong in one worker. Every field is optional; an empty object is a healthy worker. */
export interface WorkerFaults {
  /** The task stops before RUNNING with this `stoppedReason` and stop code TaskFailedToStart. */
  readonly failsToStart?: string;
  /** The SSH port refuses connections for so long after RUNNING, in milliseconds. */
  readonly sshRefusedMs?: number;
  /** So many logins with the right key are refused first. */
  readonly authRefusals?: number;
  /** The worker's environment has this nonce instead of the one that RunTask sent. */
  readonly wrongNonce?: string;
  /** HOME and /tmp of the worker hold so many bytes in all each. Needs bwrap. */
  readonly diskBytes?: number;
  /** The container's environment does not reach SSH sessions, as in an image with a plain sshd. */
  readonly bareSessions?: boolean;
}

/** Reads WorkerFaults. */
export function workerFaults(fields: Fields): WorkerFaults {
  const failsToStart = fields.optionalString('failsToStart');
  const sshRefusedMs = fields.optionalNumber('sshRefusedMs');
  const authRefusals = fields.optionalNumber('authRefusals');
  const wrongNonce = fields.optionalString('wrongNonce');
  const diskBytes = fields.optionalNumber('diskBytes');
  const bareSessions = fields.optionalBoolean('bareSessions');
  return {
    ...(failsToStart !== undefined && { failsToStart }),
    ...(sshRefusedMs !== undefined && { sshRefusedMs }),
    ...(authRefusals !== undefined && { authRefusals }),
    ...(wrongNonce !== undefined && { wrongNonce }),
    ...(diskBytes !== undefined && { diskBytes }),
    ...(bareSessions !== undefined && { bareSessions }),
  };
}
