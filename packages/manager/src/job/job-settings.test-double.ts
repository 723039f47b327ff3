import type { JobTools } from './job-tools.ts';

/** What holds for every job of a manager that is tested. */
export const jobSettings: JobTools['settings'] = {
  version: '1.2.3',
  revision: 'abcdef12',
  systemId: 'r_0123456789ab',
  hostname: 'host',
  apiUrl: 'http://gitlab.invalid/api/v4',
  storeId: 'store',
  jobSecretArns: [],
  traceInitialPaceMs: 5,
  placementTimeoutMs: 600_000,
  reconnectTimeoutMs: 600_000,
  killGraceMs: 1000,
  workerMarginMs: 1000,
  renewMs: 60_000,
};
