import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import { ManualClock, Secret, Slots, seededRandom } from '@fargate-gitlab-runner/kernel';
import type { JobPayload } from '@fargate-gitlab-runner/protocol';
import type { JobStore } from '../store/job-store.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import type { ManagerEvent, ManagerEventName } from '../telemetry/manager-event.ts';
import type { AdmissionTools } from './admission.ts';
import { Adoption } from './adoption.ts';
import { HeldDrives } from './held-drives.test-double.ts';
import { Ownership } from './ownership.ts';
import { Polling } from './polling.ts';
import { type DriveJob, Roster } from './roster.ts';
import type { RunnerKeys } from './runner-keys.ts';
import { ScriptedCoordinator } from './scripted-coordinator.test-double.ts';

/** Times of every rig, in milliseconds. */
export const TIMES = {
  heartbeatMs: 5000,
  staleMs: 30_000,
  goneAfterMs: 600_000,
  checkIntervalMs: 3000,
  unhealthyIntervalMs: 3_600_000,
  lookMs: 5000,
} as const;

/** What a test may choose. Several rigs with one clock and one store are several managers. */
export interface RigChoices {
  readonly clock?: ManualClock;
  readonly store?: JobStore;
  readonly owner?: string;
  /** How jobs are driven; `drives` when absent. */
  readonly drive?: DriveJob;
  readonly concurrency?: number;
  readonly isStrict?: boolean;
  readonly requestConcurrency?: number;
  readonly keys?: Pick<RunnerKeys, 'ready' | 'isReplaced'>;
  /** Runners and their limits. */
  readonly runners?: Readonly<Record<string, number>>;
}

/** The flow of one manager, real, between doubles of its ports. */
export function flowRig(choices: RigChoices = {}) {
  const clock = choices.clock ?? new ManualClock();
  const store = choices.store ?? new MemoryJobStore(clock);
  const events: ManagerEvent[] = [];
  const emit = (event: ManagerEvent) => void events.push(event);
  const limits = choices.runners ?? { dev: 10 };
  const concurrency = choices.concurrency ?? 10;
  const runners = Object.entries(limits).map(([name, limit]) => runnerConfig(name, limit));
  const coordinator = new ScriptedCoordinator();
  const drives = new HeldDrives();
  const owner = choices.owner ?? 'us';
  const ownership = new Ownership({ owner, heartbeatMs: TIMES.heartbeatMs, staleMs: TIMES.staleMs }, { clock, store, emit });
  const slots = new Slots(concurrency, new Map(Object.entries(limits)));
  const roster = new Roster({ slots, drive: choices.drive ?? drives.drive, emit, clock });
  const tools: AdmissionTools = {
    clock,
    random: seededRandom(1),
    store,
    coordinator,
    ownership,
    roster,
    emit,
    makeClientKey: () => ({ clientKey: new Secret('private half'), publicKey: 'ssh-ed25519 AAAA' }),
    deployment: 'dev',
  };
  const names = new Set(Object.keys(limits));
  return {
    clock,
    store,
    events,
    runners,
    coordinator,
    drives,
    ownership,
    slots,
    roster,
    tools,
    adoption: new Adoption({ ...tools, runners: names, goneAfterMs: TIMES.goneAfterMs, everyMs: TIMES.lookMs }),
    polling: new Polling({
      ...tools,
      runners,
      concurrency,
      checkIntervalMs: TIMES.checkIntervalMs,
      unhealthyIntervalMs: TIMES.unhealthyIntervalMs,
      unhealthyRequestsLimit: 3,
      strictCheckInterval: choices.isStrict ?? false,
      requestConcurrency: choices.requestConcurrency ?? 1,
      keys: choices.keys ?? {
        ready: async (name) => ({ name, token: new Secret(`glrt-${name}`) }),
        isReplaced: async () => false,
      },
    }),
    /** The events of one name, in order. */
    told: (name: ManagerEventName) => events.filter((event) => event.name === name),
  };
}

/** A job as GitLab hands it out. */
export function jobPayload(id: string): JobPayload {
  return { ...sampleRecord().payload, id, token: `token of ${id}` };
}

function runnerConfig(name: string, limit: number): RunnerConfig {
  return {
    name,
    token: new Secret(`glrt-${name}`),
    tags: [],
    runUntagged: true,
    limit,
    environment: {},
    outputLimitKiB: 4096,
    debugTraceDisabled: false,
    customBuildDir: true,
    scripts: { preGetSources: [], postGetSources: [], preBuild: [], postBuild: [] },
    registration: { description: name, locked: true, paused: false },
    worker: {
      clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/workers',
      region: 'eu-west-1',
      subnetIds: ['subnet-00000001'],
      securityGroupIds: ['sg-00000001'],
      assignPublicIp: false,
      sshUser: 'root',
      sshPort: 22,
      taskDefinition: 'worker',
      buildsDir: 'builds',
      capacity: [],
      proof: 'preferred',
    },
  };
}
