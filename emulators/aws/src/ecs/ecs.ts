import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { Fields } from '../json-fields.ts';
import type { AwsOptions } from '../options.ts';
import type { ProcessHost } from '../worker/process-host.ts';
import { ClientTokens } from './client-tokens.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { EcsError, invalidParameter } from './ecs-error.ts';
import { Faults } from './faults.ts';
import { Task, type TaskIdentity } from './task.ts';
import { type TaskDefinition, taskDefinitionOf } from './task-definition.ts';
import { TaskLife } from './task-life.ts';

/** Stopped tasks can be described for this long. */
const STOPPED_VISIBLE_MS = 3600 * 1000;

/** What ECS needs from outside. */
export interface EcsTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly host: ProcessHost;
}

/** Everything the emulated ECS knows: clusters, task definitions, tasks, tokens and ordered faults. */
export class Ecs {
  readonly options: AwsOptions;
  readonly tools: EcsTools;
  readonly tokens: ClientTokens;
  readonly faults = new Faults();
  readonly #clusters = new Map<string, Cluster>();
  readonly #definitions = new Map<string, TaskDefinition[]>();
  readonly #lives = new Map<string, TaskLife>();
  readonly #closing = new AbortController();

  constructor(options: AwsOptions, tools: EcsTools) {
    this.options = options;
    this.tools = tools;
    this.tokens = new ClientTokens(tools.clock);
    for (const cluster of options.clusters) this.putCluster(Fields.of(cluster));
    for (const definition of options.taskDefinitions) this.putTaskDefinition(Fields.of(definition));
  }

  /** Creates or replaces a cluster. */
  putCluster(fields: Fields): Cluster {
    const cluster = clusterOf(fields, this.options);
    this.#clusters.set(cluster.arn, cluster);
    return cluster;
  }

  /** Registers the next revision of a family, as RegisterTaskDefinition would. `region` and `account` may be added to the JSON. */
  putTaskDefinition(fields: Fields): TaskDefinition {
    const region = fields.optionalString('region') ?? this.options.region;
    const account = fields.optionalString('account') ?? this.options.account;
    const key = `${region} ${fields.string('family')}`;
    const revisions = this.#definitions.get(key) ?? [];
    const definition = taskDefinitionOf(fields, {
      region,
      account,
      revision: revisions.length + 1,
      registeredAt: fields.optionalNumber('registeredAt') ?? this.tools.clock.now(),
    });
    this.#definitions.set(key, [...revisions, definition]);
    return definition;
  }

  /** A cluster by name or ARN, in the Region that the call was signed for. */
  findCluster(region: string, nameOrArn: string): Cluster | undefined {
    return [...this.#clusters.values()].find((one) => one.region === region && (one.arn === nameOrArn || one.name === nameOrArn));
  }

  /** As findCluster; throws ClusterNotFoundException. */
  cluster(region: string, nameOrArn: string | undefined): Cluster {
    const cluster = this.findCluster(region, nameOrArn ?? 'default');
    if (!cluster) throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
    return cluster;
  }

  /** A definition by family (its latest active revision), family:revision or ARN; undefined when there is none. */
  findDefinition(region: string, name: string): TaskDefinition | undefined {
    const [family = '', revision] = (name.startsWith('arn:') ? (name.split(':task-definition/')[1] ?? '') : name).split(':');
    const revisions = this.#definitions.get(`${region} ${family}`) ?? [];
    if (revision !== undefined)
      return revisions.find((one) => String(one.revision) === revision && (!name.startsWith('arn:') || one.arn === name));
    return revisions.findLast((one) => one.status === 'ACTIVE');
  }

  /** The active revisions of a Region, family by family in alphabetical order, oldest first. */
  activeDefinitions(region: string): readonly TaskDefinition[] {
    const keys = [...this.#definitions.keys()].filter((key) => key.startsWith(`${region} `)).sort();
    return keys.flatMap((key) => (this.#definitions.get(key) ?? []).filter((one) => one.status === 'ACTIVE'));
  }

  /** A deregistered revision starts no task any more; it keeps its number. */
  deregister(definition: TaskDefinition): TaskDefinition {
    const key = `${definition.region} ${definition.family}`;
    const inactive = { ...definition, status: 'INACTIVE' as const };
    const revisions = this.#definitions.get(key) ?? [];
    this.#definitions.set(
      key,
      revisions.map((one) => (one.arn === definition.arn ? inactive : one)),
    );
    return inactive;
  }

  startTask(identity: Omit<TaskIdentity, 'id' | 'faults' | 'injectedContainers'>): Task {
    const { clock, host, random } = this.tools;
    const own = { id: random.hex(16), injectedContainers: this.options.injectedContainers, faults: this.faults.nextWorker() };
    const task = new Task({ ...identity, ...own }, clock);
    this.#lives.set(task.arn, new TaskLife(task, { clock, host, timing: this.options.timing, closing: this.#closing.signal }));
    return task;
  }

  /** Every task that ECS still remembers, oldest first. */
  lives(): readonly TaskLife[] {
    const now = this.tools.clock.now();
    for (const [arn, { task }] of this.#lives) {
      if (now - (task.moment('stoppedAt') ?? now) >= STOPPED_VISIBLE_MS) this.#lives.delete(arn);
    }
    return [...this.#lives.values()];
  }

  /** A task by ARN or id within a cluster. Throws when the text can't be either. */
  findLife(cluster: Cluster, arnOrId: string): TaskLife | undefined {
    const id = arnOrId.startsWith('arn:') ? arnOrId.split('/').at(-1) : arnOrId;
    if (id === undefined || !/^[0-9a-f]{32}$/.test(id))
      throw invalidParameter(`Invalid identifier: Identifier is for cluster other. Your task is ${arnOrId}`);
    const arn = arnOrId.startsWith('arn:') ? arnOrId : `${cluster.arn.replace(':cluster/', ':task/')}/${id}`;
    return this.lives().find((life) => life.task.arn === arn && life.task.identity.cluster.arn === cluster.arn);
  }

  /** Stops every task and waits until nothing of them is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const life of this.#lives.values()) life.stop({ stopCode: 'UserInitiated', reason: 'The emulator ends' });
    await this.tools.host.close();
    await Promise.all([...this.#lives.values()].map((life) => life.over));
  }
}
