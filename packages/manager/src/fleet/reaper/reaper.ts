import { type Clock, deadlineSignal } from '@fargate-gitlab-runner/kernel';
import type { ClusterRef, EcsGateway } from '../ecs-gateway.ts';
import type { Fleet } from '../fleet.ts';
import { DefinitionSweep } from './definition-sweep.ts';
import { describeOurs, ourTasks } from './our-tasks.ts';
import type { OurTask, TaskFamily } from './our-task.ts';
import type { ReaperEvent } from '../../reaper-event.ts';
import type { ClaimSight, RecordClaims } from './record-claims.ts';

/** What the reaper works with. `intervalMs`: the time between two looks. */
export interface ReaperTools {
  readonly clock: Clock;
  /** Shares its pace with the fleet. */
  readonly gateway: EcsGateway;
  readonly fleet: Pick<Fleet, 'stop'>;
  readonly claims: RecordClaims;
  readonly clusters: readonly ClusterRef[];
  readonly family: TaskFamily;
  readonly intervalMs: number;
  /** Tells what would be done, and does nothing. */
  readonly isDryRun: boolean;
  emit(event: ReaperEvent): void;
}

interface Mark {
  readonly since: number;
  /** A dry run tells of a task once. */
  isTold: boolean;
}

/** A store without any record is taken at its word only after so many intervals. */
const EMPTY_PATIENCE = 10;
const STOP_WITHIN = 2;

/**
 * Finds tasks of ours that no record claims, and stops them.
 *
 * Life of a task here: unclaimed at one look -> marked -> unclaimed at another a full interval later, its job's record read anew and the
 * task described anew -> stopped, with a reason. Whatever else is seen in between takes the mark away.
 *
 * Why it can't stop a claimed task: a record names the placement before RunTask is sent, and placements are never used again. So what was
 * listed first and is in no record that was read after it has no record any more. The marks, the second look and the reading anew guard
 * against stores and clocks that don't keep that promise. Gotchas: it never acts on a store that can't be read, that is another one than
 * at the start, or that has only just become empty; several managers may do this at once, because stopping twice is stopping once.
 */
export class Reaper {
  readonly #tools: ReaperTools;
  readonly #definitions: DefinitionSweep;
  readonly #marks = new Map<string, Mark>();
  #emptySince: number | undefined;

  constructor(tools: ReaperTools) {
    this.#tools = tools;
    this.#definitions = new DefinitionSweep(tools);
  }

  /** Looks again and again until the signal aborts. */
  async keepLooking(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, emit } = this.#tools;
    while (!signal.aborted) {
      await clock.sleep(intervalMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.look(signal).catch((error: unknown) => {
        if (!signal.aborted) emit({ name: 'reaper.blind', of: 'a look', cause: String(error) });
      });
    }
  }

  /** How many tasks are unclaimed as far as was seen, and not stopped. */
  get marked(): number {
    return this.#marks.size;
  }

  /** Looks once: tasks first, then records. Rejects with the signal's reason only. */
  async look(signal: AbortSignal): Promise<void> {
    const { tasks, isWhole } = await this.#listed(signal);
    const sight = await this.#recordsSeen();
    if (!sight) {
      // What was unclaimed before nobody could look is not known to have stayed so.
      this.#marks.clear();
      return;
    }
    const unclaimed = tasks.filter((task) => !isClaimed(task, sight));
    this.#forgetOthers(unclaimed);
    for (const task of unclaimed) await this.#judge(task, sight, signal);
    if (isWhole) await this.#definitions.sweepSometimes(tasks, signal);
  }

  /** `isWhole`: every cluster could be looked at. */
  async #listed(signal: AbortSignal): Promise<{ readonly tasks: readonly OurTask[]; readonly isWhole: boolean }> {
    const { clusters, gateway, family } = this.#tools;
    const found: OurTask[] = [];
    let isWhole = true;
    for (const cluster of clusters) {
      const tasks = await ourTasks(gateway, { cluster, family }, signal);
      if ('kind' in tasks) {
        isWhole = false;
        this.#tools.emit({ name: 'reaper.blind', of: cluster.clusterArn, cause: `${tasks.type}: ${tasks.message}` });
      } else found.push(...tasks);
    }
    return { tasks: found, isWhole };
  }

  async #recordsSeen(): Promise<ClaimSight | undefined> {
    const { claims, family, clock, emit } = this.#tools;
    try {
      const sight = await claims.all();
      const storeId = await claims.storeId();
      if (storeId !== family.storeId)
        throw new Error(`the job store is another one than at the start: ${storeId} and not ${family.storeId}`);
      this.#emptySince = sight.records === 0 ? (this.#emptySince ?? clock.monotonic()) : undefined;
      return sight;
    } catch (error) {
      this.#emptySince = undefined;
      emit({ name: 'reaper.blind', of: 'the job store', cause: String(error) });
      return undefined;
    }
  }

  #forgetOthers(unclaimed: readonly OurTask[]): void {
    const kept = new Set(unclaimed.map((task) => task.ref.taskArn));
    for (const taskArn of this.#marks.keys()) if (!kept.has(taskArn)) this.#marks.delete(taskArn);
  }

  async #judge(task: OurTask, sight: ClaimSight, signal: AbortSignal): Promise<void> {
    const { clock, emit } = this.#tools;
    const { jobId, placementId } = task;
    const mark = this.#marks.get(task.ref.taskArn);
    if (!mark) {
      this.#marks.set(task.ref.taskArn, { since: clock.monotonic(), isTold: false });
      emit({ name: 'reaper.marked', taskArn: task.ref.taskArn, jobId, placementId });
      return;
    }
    if (mark.isTold || this.#isTooEarly(mark, sight)) return;
    if (await this.#isStillUnclaimed(task, signal)) await this.#stop(task, mark, signal);
  }

  #isTooEarly({ since }: Pick<Mark, 'since'>, sight: ClaimSight): boolean {
    const { clock, intervalMs } = this.#tools;
    const now = clock.monotonic();
    if (now - since < intervalMs) return true;
    return sight.records === 0 && now - Math.max(since, this.#emptySince ?? now) < EMPTY_PATIENCE * intervalMs;
  }

  /** The last look: at this one record, then at this one task. */
  async #isStillUnclaimed(task: OurTask, signal: AbortSignal): Promise<boolean> {
    const { claims, gateway, family, emit } = this.#tools;
    const { taskArn } = task.ref;
    try {
      if (await claims.holds(task.jobId, task.placementId)) {
        this.#marks.delete(taskArn);
        return false;
      }
    } catch (error) {
      this.#marks.delete(taskArn);
      emit({ name: 'reaper.blind', of: `the record of job ${task.jobId}`, cause: String(error) });
      return false;
    }
    const now = await describeOurs(gateway, { cluster: task.ref, family, taskArns: [taskArn] }, signal);
    return !('kind' in now) && now.some((one) => one.placementId === task.placementId);
  }

  async #stop(task: OurTask, mark: Mark, signal: AbortSignal): Promise<void> {
    const { clock, fleet, intervalMs, isDryRun, emit } = this.#tools;
    const { jobId, placementId } = task;
    const { taskArn } = task.ref;
    const unclaimedSeconds = Math.round((clock.monotonic() - mark.since) / 1000);
    const why = `reaper: no record claims placement ${placementId} of job ${jobId}, seen twice ${unclaimedSeconds} s apart`;
    if (!isDryRun) {
      using limit = deadlineSignal(clock, STOP_WITHIN * intervalMs, signal);
      const outcome = await fleet
        .stop(task.ref, why, limit.signal)
        .catch((error: unknown) => ({ kind: 'failed' as const, cause: String(error) }));
      if (outcome.kind === 'failed') {
        emit({ name: 'reaper.failed', taskArn, cause: outcome.cause });
        return;
      }
    }
    if (isDryRun) mark.isTold = true;
    else this.#marks.delete(taskArn);
    emit({ name: 'reaper.stopped', taskArn, jobId, placementId, why, unclaimedSeconds, isDryRun });
  }
}

function isClaimed(task: OurTask, sight: ClaimSight): boolean {
  return sight.placements.has(task.placementId) || sight.knownJobs.has(task.jobId);
}
