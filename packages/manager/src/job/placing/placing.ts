import { TASK_TAGS } from '@fargate-gitlab-runner/blueprint';
import type { PlacementFailure, PlacementRequest, TaskRef } from '../../fleet/fleet.ts';
import { buildPlacement } from '../../fleet/placement-request.ts';
import { readPlacement, storePlacement } from '../../fleet/stored-placement.ts';
import type { JobRecord, RecordedPlacement } from '../../store/job-record.ts';
import { failureSentence } from '../worker/failure-sentence.ts';
import { sayLastWords } from './last-words.ts';
import { sayPlacements } from './opening-lines.ts';
import type { PlacingTools } from './placing-tools.ts';
import { subnetsOf, takesFallback } from './placement-choice.ts';

/** The job got no worker, and why; what the person reading the trace is told. */
export class NoWorker extends Error {
  readonly failure: PlacementFailure;

  constructor(failure: PlacementFailure) {
    super(failureSentence(failure));
    this.name = 'NoWorker';
    this.failure = failure;
  }
}

/** A task that has an address. */
export interface PlacedTask {
  readonly placementId: string;
  readonly task: TaskRef;
  readonly host: string;
}

/**
 * Places the job until a task has an address, or throws `NoWorker`. The request is stored before it is sent; a successor that finds
 * it stored sends it again word for word and gets the same task. A new placement is made only after a definite failure.
 */
export async function placeJob(room: PlacingTools, signal: AbortSignal): Promise<PlacedTask> {
  for (;;) {
    const outcome = await placeOnce(room, signal);
    if (outcome.kind === 'placed') return outcome.placed;
    await failPlacement(room, outcome.failure, signal);
    await untilNextTry(room, outcome.failure, signal);
  }
}

/** Waits as `pauseAfter` does. Throws `NoWorker` when another placement would fail as this one did, or when there is no time for one. */
export async function untilNextTry(room: PlacingTools, failure: PlacementFailure, signal: AbortSignal): Promise<void> {
  if (failure.retry === 'give up' || room.placingTime.isOver) throw new NoWorker(failure);
  await pauseAfter(room, failure, signal);
}

/** Waits until another placement is worth a try, for this failure is recorded. One that takes the runner's fallback capacity is so at once. */
export async function pauseAfter(room: PlacingTools, failure: PlacementFailure, signal: AbortSignal): Promise<void> {
  if (failure.retry === 'later' && !isFallbackNext(room, failure)) await room.placingTime.pause(signal);
}

/**
 * Records and tells that the current placement came to nothing, so that the next one is a new one. Where that one takes the runner's fallback
 * capacity, the runner is not short of capacity yet.
 */
export async function failPlacement(room: PlacingTools, failure: PlacementFailure, signal: AbortSignal): Promise<void> {
  const facts = {
    failure: failureSentence(failure),
    ...(failure.elsewhere && { elsewhere: true }),
    ...(failure.otherSubnets && { otherSubnets: true }),
  };
  await changeAndSay(room, (record) => withLast(record, facts), signal);
  const { jobId, runner, placements } = room.job.record;
  const { code, cause, retry } = failure;
  const isCapacity = failure.isCapacity && !isFallbackNext(room, failure);
  room.tools.emit({
    name: 'placement.failed',
    jobId,
    runner,
    placementId: placements.at(-1)?.id ?? '',
    code,
    cause,
    retry,
    isCapacity,
  });
}

/** Whether the placement after this failure, which is recorded, takes the fallback capacity. */
function isFallbackNext({ facts, job }: PlacingTools, failure: PlacementFailure): boolean {
  return failure.elsewhere && takesFallback(facts.runner.worker, job.record.placements);
}

/** The placement that stands: made, and not known to have failed. */
function standingPlacement(record: JobRecord): RecordedPlacement | undefined {
  const last = record.placements.at(-1);
  return last && last.failure === undefined ? last : undefined;
}

/** The task of a placement as far as the record knows it. */
export function recordedTask(placement: RecordedPlacement): TaskRef | undefined {
  if (placement.taskArn === undefined) return undefined;
  const { region, runTask } = readPlacement(placement.request);
  const runner = runTask.tags.find(({ key }) => key === TASK_TAGS.runner)?.value;
  return { region, clusterArn: runTask.cluster, taskArn: placement.taskArn, ...(runner !== undefined && { runner }) };
}

type PlaceOnce = { readonly kind: 'placed'; readonly placed: PlacedTask } | { readonly kind: 'failed'; readonly failure: PlacementFailure };

async function placeOnce(room: PlacingTools, signal: AbortSignal): Promise<PlaceOnce> {
  const standing = standingPlacement(room.job.record);
  const request = standing ? readPlacement(standing.request) : await recordNewPlacement(room, signal);
  const started = await startTask(room, { request, standing }, signal);
  if (started.kind === 'failed') return started;
  const address = await room.tools.fleet.awaitAddress(started.task, signal);
  if (address.kind === 'address') return { kind: 'placed', placed: { placementId: request.id, task: started.task, host: address.host } };
  const { failure } = address.stop;
  if (!failure.isCapacity) await sayLastWords(room, started.task, signal);
  return { kind: 'failed', failure };
}

async function startTask(
  room: PlacingTools,
  of: { readonly request: PlacementRequest; readonly standing: RecordedPlacement | undefined },
  signal: AbortSignal,
) {
  const known = of.standing && recordedTask(of.standing);
  if (known) return { kind: 'placed' as const, task: known };
  const outcome = await room.tools.fleet.place(of.request, { mayExist: of.standing !== undefined }, signal);
  if (outcome.kind === 'failed') return outcome;
  await changeAndSay(room, (record) => withLast(record, { taskArn: outcome.task.taskArn }), signal);
  const { jobId, runner } = room.job.record;
  room.tools.emit({
    name: 'job.placed',
    jobId,
    runner,
    placementId: of.request.id,
    taskArn: outcome.task.taskArn,
    adopted: outcome.adopted,
  });
  return outcome;
}

/** The intent: chosen once, stored before anything is asked of ECS. */
async function recordNewPlacement(room: PlacingTools, signal: AbortSignal): Promise<PlacementRequest> {
  const { tools, facts, job } = room;
  const { record } = job;
  const { worker } = facts.runner;
  const request = buildPlacement({
    runner: facts.runner,
    placementId: tools.random.hex(12),
    publicKey: record.publicKey,
    nonce: record.nonce,
    jobId: record.jobId,
    deployment: record.deployment,
    storeId: tools.settings.storeId,
    hasDeadlineContainer: facts.hasDeadlineContainer,
    subnetIds: subnetsOf(worker, record.placements),
    ...(worker.capacityFallback && takesFallback(worker, record.placements) && { capacity: worker.capacityFallback }),
    deadlineInS: Math.ceil((record.deadlineAt - tools.clock.now() + tools.settings.workerMarginMs) / 1000),
  });
  const placement = { id: request.id, region: request.region, request: storePlacement(request) };
  await changeAndSay(room, ({ placements }) => [...placements, placement], signal);
  return request;
}

async function changeAndSay(room: PlacingTools, change: (record: JobRecord) => RecordedPlacement[], signal: AbortSignal): Promise<void> {
  const { concurrentId } = room.facts;
  await room.job.change((record) => ({ placements: change(record), concurrentId: record.concurrentId ?? concurrentId }), signal);
  sayPlacements(room.say, room.job.record);
}

function withLast(record: JobRecord, facts: Partial<RecordedPlacement>): RecordedPlacement[] {
  return record.placements.map((placement, at) => (at === record.placements.length - 1 ? { ...placement, ...facts } : placement));
}
