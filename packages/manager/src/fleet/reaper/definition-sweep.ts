import { derivedFamilyPrefixOf, isDerivedFamily } from '@fargate-gitlab-runner/blueprint';
import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { ClusterRef, EcsException, EcsGateway } from '../ecs-gateway.ts';
import type { OurTask, TaskFamily } from './our-task.ts';
import type { ReaperEvent } from '../../reaper-event.ts';
import type { RecordClaims } from './record-claims.ts';

/** What the sweep works with. */
export interface DefinitionSweepTools {
  readonly clock: Clock;
  readonly gateway: EcsGateway;
  readonly clusters: readonly ClusterRef[];
  readonly family: TaskFamily;
  readonly claims: Pick<RecordClaims, 'taskDefinitions'>;
  readonly isDryRun: boolean;
  emit(event: ReaperEvent): void;
}

/** What uses definitions at this moment: names and ARNs. */
interface DefinitionUses {
  readonly byTasks: ReadonlySet<string>;
  readonly byRecords: ReadonlySet<string>;
}

const EVERY_MS = 6 * 3600 * 1000;
const AGE_MS = 30 * 24 * 3600 * 1000;
/** Deregistering passes one call a second, shared with registering, which jobs wait for. */
const AT_ONCE = 10;

/**
 * Takes derived task definitions out of use that were registered more than 30 days ago and that neither a task of ours nor a record
 * names. One that is wanted again is registered again. Definitions that people or infrastructure made are never touched.
 */
export class DefinitionSweep {
  readonly #tools: DefinitionSweepTools;
  #sweepAt = Number.NEGATIVE_INFINITY;

  constructor(tools: DefinitionSweepTools) {
    this.#tools = tools;
  }

  /** Sweeps if the last time is long enough ago. A role that may not do this, and records that can't be read, are told of once a time. */
  async sweepSometimes(tasks: readonly OurTask[], signal: AbortSignal): Promise<void> {
    const { clock, clusters, emit } = this.#tools;
    if (clock.monotonic() < this.#sweepAt) return;
    this.#sweepAt = clock.monotonic() + EVERY_MS;
    const byRecords = await this.#namedByRecords();
    if (!byRecords) return;
    const uses = { byTasks: new Set(tasks.map((task) => task.taskDefinitionArn)), byRecords };
    for (const region of new Set(clusters.map((cluster) => cluster.region))) {
      const trouble = await this.#sweep(region, uses, signal);
      if (trouble !== undefined) emit({ name: 'reaper.blind', of: `task definitions in ${region}`, cause: trouble });
    }
  }

  async #namedByRecords(): Promise<ReadonlySet<string> | undefined> {
    const { claims, emit } = this.#tools;
    try {
      return await claims.taskDefinitions();
    } catch (error) {
      emit({ name: 'reaper.blind', of: 'the task definitions that records name', cause: String(error) });
      return undefined;
    }
  }

  /** What went wrong, if anything did. */
  async #sweep(region: string, uses: DefinitionUses, signal: AbortSignal): Promise<string | undefined> {
    const families = await this.#families(region, signal);
    if ('kind' in families) return `${families.type}: ${families.message}`;
    let left = AT_ONCE;
    for (const name of families) {
      const unused = left > 0 ? await this.#unused({ region, name }, uses, signal) : [];
      for (const arn of unused.slice(0, left)) {
        const trouble = await this.#remove(region, arn, signal);
        if (trouble) return `${trouble.type}: ${trouble.message}`;
        left--;
      }
    }
    return undefined;
  }

  async #families(region: string, signal: AbortSignal): Promise<readonly string[] | EcsException> {
    const { gateway, family } = this.#tools;
    const prefix = derivedFamilyPrefixOf(family.deployment);
    const families: string[] = [];
    for (let from: string | undefined, isFirst = true; isFirst || from !== undefined; isFirst = false) {
      const page = await gateway.listFamilies(region, { prefix, ...(from !== undefined && { from }) }, signal);
      if (page.kind === 'exception') return page;
      families.push(...page.families.filter((name) => isDerivedFamily(family.deployment, name)));
      from = page.next;
    }
    return families;
  }

  async #remove(region: string, arn: string, signal: AbortSignal): Promise<EcsException | undefined> {
    const { gateway, isDryRun, emit } = this.#tools;
    const answer = isDryRun ? undefined : await gateway.deregister(region, arn, signal);
    if (answer?.kind === 'exception') return answer;
    emit({ name: 'reaper.deregistered', taskDefinitionArn: arn, isDryRun });
    return undefined;
  }

  async #unused(of: { readonly region: string; readonly name: string }, uses: DefinitionUses, signal: AbortSignal): Promise<string[]> {
    const { gateway, clock } = this.#tools;
    const isNamed = (arn: string) =>
      uses.byTasks.has(arn) || [arn, of.name, `${of.name}:${arn.split(':').at(-1)}`].some((name) => uses.byRecords.has(name));
    const revisions = await gateway.listRevisions(of.region, of.name, signal);
    if (revisions.kind === 'exception') return [];
    const unused: string[] = [];
    for (const arn of revisions.arns.filter((each) => !isNamed(each))) {
      const definition = await gateway.describeTaskDefinition(of.region, arn, signal);
      const registeredAt = definition.kind === 'definition' ? definition.registeredAt : undefined;
      if (registeredAt !== undefined && clock.now() - registeredAt > AGE_MS) unused.push(arn);
    }
    return unused;
  }
}
