import { TASK_TAGS } from '@fargate-gitlab-runner/blueprint';
import { ManualClock } from '@fargate-gitlab-runner/kernel';
import type { ClusterRef } from '../ecs-gateway.ts';
import type { TaskRef } from '../fleet.ts';
import { ScriptedEcsGateway } from '../scripted-ecs-gateway.test-double.ts';
import { Reaper, type ReaperTools } from './reaper.ts';
import type { ReaperEvent } from '../../reaper-event.ts';
import type { RecordClaims } from './record-claims.ts';

export const INTERVAL_MS = 60_000;
export const FAMILY = { deployment: 'dev', storeId: 'abcdef0123456789abcdef01' };
const CLUSTER: ClusterRef = { region: 'eu-west-1', clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/workers' };

/** A reaper over an ECS in memory and records that the test writes: job id to the ids of its placements. */
export class ReaperRig {
  readonly clock = new ManualClock();
  readonly gateway = new ScriptedEcsGateway(this.clock);
  readonly records = new Map<string, readonly string[]>();
  readonly knownJobs = new Set<string>();
  /** What the recorded requests name. */
  readonly namedDefinitions = new Set<string>();
  readonly events: ReaperEvent[] = [];
  readonly stopped: string[] = [];
  readonly order: string[] = [];
  storeId = FAMILY.storeId;
  storeFails = false;
  readonly claimsInUse: RecordClaims = this.claims();
  readonly reaper: Reaper;
  readonly #never = new AbortController().signal;

  constructor(changes: Partial<ReaperTools> = {}) {
    this.reaper = new Reaper({
      clock: this.clock,
      gateway: this.gateway,
      fleet: { stop: (task, reason, signal) => this.#stop(task, reason, signal) },
      claims: this.claimsInUse,
      clusters: [CLUSTER],
      family: FAMILY,
      intervalMs: INTERVAL_MS,
      isDryRun: false,
      emit: (event) => this.events.push(event),
      ...changes,
    });
  }

  /** Lets a task run for placement `p-<name>` of job `j-<name>`. */
  run(name: string, tags: Readonly<Record<string, string>> = {}, taskDefinitionArn = 'worker:1'): string {
    const own = {
      [TASK_TAGS.deployment]: FAMILY.deployment,
      [TASK_TAGS.store]: FAMILY.storeId,
      [TASK_TAGS.job]: `j-${name}`,
      [TASK_TAGS.placement]: `p-${name}`,
      ...tags,
    };
    const task = { taskArn: name, taskDefinitionArn, desiredStatus: 'RUNNING', createdAt: 0 };
    this.gateway.tagged.set(name, { ...task, tags: new Map(Object.entries(own).filter(([, value]) => value !== '')) });
    return name;
  }

  record(name: string): void {
    this.records.set(`j-${name}`, [`p-${name}`]);
  }

  /** Looks, and lets an interval pass. */
  async look(times = 1): Promise<void> {
    for (let turn = 0; turn < times; turn++) {
      await this.reaper.look(this.#never);
      await this.clock.advance(INTERVAL_MS);
    }
  }

  names(): string[] {
    return this.events.map((event) => event.name);
  }

  private claims(): RecordClaims {
    const guard = (what: string) => {
      this.order.push(what);
      if (this.storeFails) throw new Error('the store is away');
    };
    return {
      storeId: async () => this.storeId,
      all: async () => {
        guard(`records after ${this.gateway.calls.length} calls`);
        return {
          records: this.records.size,
          placements: new Set([...this.records.values()].flat()),
          knownJobs: new Set(this.knownJobs),
        };
      },
      holds: async (jobId, placementId) => {
        guard(`record of ${jobId}`);
        return this.records.get(jobId)?.includes(placementId) ?? false;
      },
      taskDefinitions: async () => {
        guard('definitions of records');
        return new Set(this.namedDefinitions);
      },
    };
  }

  async #stop(task: TaskRef, reason: string, signal: AbortSignal) {
    const answer = await this.gateway.stopTask(task, reason, signal);
    if (answer.kind === 'exception') return { kind: 'failed' as const, cause: answer.message };
    this.stopped.push(task.taskArn);
    return { kind: 'stopped' as const };
  }
}
