import type { CrossCheck } from './cross-check.ts';

/** An owner is stale only after several missed heartbeats, and workers wait long enough to be taken over. */
export const checkTakeOverTimes: CrossCheck = ({ draft }) => {
  const { owner_stale_ms: stale, heartbeat_ms: heartbeat, worker_orphan_timeout_s: orphan } = draft.timing ?? {};
  if (stale === undefined || heartbeat === undefined || orphan === undefined) return [];
  return [
    ...(stale < 3 * heartbeat
      ? [{ code: 'FR_CONFIG_OWNER_STALE', path: ['timing', 'owner_stale_ms'], given: `${stale}, with heartbeat_ms ${heartbeat}` } as const]
      : []),
    ...(orphan * 1000 < 2 * stale
      ? [
          {
            code: 'FR_CONFIG_ORPHAN_TIMEOUT',
            path: ['timing', 'worker_orphan_timeout_s'],
            given: `${orphan}, with owner_stale_ms ${stale}`,
          } as const,
        ]
      : []),
  ];
};
