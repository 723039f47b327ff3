import type { ConnectOutcome } from '../transport.ts';

/** Why there is no connection, from the error of the SSH library. */
export function failureOf(error: Error): Exclude<ConnectOutcome, { kind: 'connected' }> {
  return { kind: kindOf(error), cause: error.message };
}

function kindOf(error: Error) {
  const { level, code } = { level: '', code: '', ...error };
  if (level === 'client-authentication') return 'denied';
  if (level === 'client-timeout' || code === 'ETIMEDOUT') return 'timeout';
  // No route is what an address gives whose network interface is not up yet.
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'refused';
  return 'broken';
}
