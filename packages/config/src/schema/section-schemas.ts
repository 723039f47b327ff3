import * as z from 'zod';
import { storeSchema } from './store-schema.ts';
import { endpointUrl } from './url-fields.ts';
import { wholeNumber } from './whole-number.ts';

/** The sections that only this program has: everything in them has a default. */
export const sectionSchemas = {
  store: storeSchema,
  timing: z
    .strictObject({
      heartbeat_ms: wholeNumber(100, 600_000).default(10_000).meta({ description: 'How often a manager says that it is alive.' }),
      owner_stale_ms: wholeNumber(300, 3_600_000)
        .default(45_000)
        .meta({ description: 'Silence after which other managers take over the jobs of a manager.' }),
      worker_orphan_timeout_s: wholeNumber(1, 86_400)
        .default(1500)
        .meta({ description: 'Silence after which a worker ends itself. GitLab gives a silent job up after about 1800 s.' }),
      worker_margin_ms: wholeNumber(0, 86_400_000).default(600_000).meta({
        description: 'What a worker is given beyond the deadline of its job before its ci-deadline container ends it.',
      }),
      placement_timeout_ms: wholeNumber(1000, 3_600_000).default(600_000).meta({ description: 'Time for a worker to become reachable.' }),
      describe_interval_ms: wholeNumber(250, 60_000).default(250).meta({ description: 'Shortest pause between two DescribeTasks sweeps.' }),
      reconnect_timeout_ms: wholeNumber(1000, 1_800_000)
        .default(120_000)
        .meta({ description: 'Time for which a worker may be out of reach before its job is given up.' }),
      kill_grace_ms: wholeNumber(1000, 600_000)
        .default(10_000)
        .meta({ description: 'Time between TERM and KILL for a script that has to end. The worker counts whole seconds, rounded up.' }),
      drain_ms: wholeNumber(0, 600_000)
        .default(10_000)
        .meta({ description: 'Wait for requests in flight when the manager is told to stop.' }),
      trace_initial_pace_ms: wholeNumber(1, 900_000)
        .default(3000)
        .meta({ description: 'Pause between two trace updates until GitLab names one.' }),
      unhealthy_interval_ms: wholeNumber(100, 86_400_000)
        .default(3_600_000)
        .meta({ description: 'Pause in polling for a runner that GitLab refused.' }),
      connection_max_age_ms: wholeNumber(0, 86_400_000)
        .default(900_000)
        .meta({ description: 'Age at which connections to GitLab are made anew, so that moved addresses are found; 0: never.' }),
    })
    .prefault({})
    .meta({ description: 'Times. The defaults suit a real GitLab and AWS.' }),
  reaper: z
    .strictObject({
      mode: z.enum(['stop', 'report', 'off'], 'FR_CONFIG_VALUE').default('stop').meta({
        description:
          'What becomes of tasks of this deployment that no record claims: stop them, only report them (a dry run), or do not look.',
      }),
      interval_ms: wholeNumber(100, 3_600_000)
        .default(60_000)
        .meta({ description: 'Time between two looks. A task is stopped after it was found unclaimed twice.' }),
    })
    .prefault({})
    .meta({ description: 'The loop that finds tasks which were left behind.' }),
  ecs: z
    .strictObject({
      endpoint: endpointUrl().optional().meta({ description: 'Address of ECS. Left out: that of AWS for the region of each runner.' }),
      credentials: z.enum(['ambient', 'local'], 'FR_CONFIG_VALUE').default('ambient').meta({
        description: 'ambient: what the AWS SDK finds. local: fixed ones without worth, for an emulator on a loopback endpoint.',
      }),
    })
    .prefault({})
    .meta({ description: 'How ECS is reached.' }),
  telemetry: z
    .strictObject({
      port: wholeNumber(0, 65_535).optional().meta({ description: 'Port for health and metrics. Left out: none is opened.' }),
      log_level: z
        .enum(['debug', 'info', 'warn', 'error'], 'FR_CONFIG_VALUE')
        .default('info')
        .meta({ description: 'Least level of log lines.' }),
    })
    .prefault({})
    .meta({ description: 'Logs, health and metrics.' }),
};
