import { Rig, type RigOptions, type RigStoreKind } from '@fargate-gitlab-runner/testkit';

/** Managers that notice each other's death within less than a second, and workers whose scripts may write into the rig's folder. */
export function startTakeoverRig(timing: Readonly<Record<string, number>> = {}, store: RigStoreKind = 'directory'): Promise<Rig> {
  const options: RigOptions = {
    store,
    aws: { worker: { isolation: 'none' } },
    config: {
      telemetry: { log_level: 'debug' },
      timing: { heartbeat_ms: 100, owner_stale_ms: 600, trace_initial_pace_ms: 200, ...timing },
    },
  };
  return Rig.start(options);
}
