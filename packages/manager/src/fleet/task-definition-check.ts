import { DEADLINE_CONTAINER, WORKER_CONTAINER } from '@fargate-gitlab-runner/blueprint';
import { type Clock, deadlineSignal, type Problem, type Random, retrying } from '@fargate-gitlab-runner/kernel';
import { classifyException } from './classification.ts';
import type { LogPlace } from './worker-logs.ts';
import type { EcsException, EcsGateway, TaskDefinitionAnswer } from './ecs-gateway.ts';

/** What to look at: the task definition of each runner; a RunnerConfig of the config package fits. */
export interface DefinedRunner {
  readonly name: string;
  readonly worker: { readonly region: string; readonly taskDefinition: string };
}

/** What was found about the task definition of one runner. With an error the runner can't place jobs. */
export interface DefinitionFinding {
  readonly runner: string;
  /** ECS has said what the definition holds. */
  readonly isRead: boolean;
  /** False also when the definition could not be read. */
  readonly hasDeadlineContainer: boolean;
  /** Where its workers log to, when that is CloudWatch and the definition could be read. */
  readonly logs?: LogPlace;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** What the check needs. */
export interface DefinitionCheckTools {
  readonly gateway: EcsGateway;
  readonly clock: Clock;
  readonly random: Random;
}

const PATIENCE = { attempts: 5, firstDelayMs: 500, maxDelayMs: 5000, factor: 2, jitter: 'full' } as const;
const WITHIN_MS = 10_000;

/**
 * Reads the task definition of a runner. A definition without the worker's container is an error; one without the deadline sidecar is a
 * warning, because a task that the manager can't stop would then run on. Never rejects: an ECS that has not answered within 10 s is a
 * finding too.
 */
export async function checkTaskDefinition(runner: DefinedRunner, tools: DefinitionCheckTools): Promise<DefinitionFinding> {
  using limit = deadlineSignal(tools.clock, WITHIN_MS);
  const answer = await describe(runner, tools, limit.signal).catch(silence);
  return answer.kind === 'definition' ? findingOf(runner, answer) : unreadable(runner, answer);
}

/** A gateway throws only when the time is over. */
function silence(error: unknown): EcsException {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'exception', type: 'TimeoutError', message, certainty: 'unclear', resourceIds: [] };
}

function describe(runner: DefinedRunner, tools: DefinitionCheckTools, signal: AbortSignal): Promise<TaskDefinitionAnswer | EcsException> {
  const { region, taskDefinition } = runner.worker;
  return retrying(
    async () => {
      const value = await tools.gateway.describeTaskDefinition(region, taskDefinition, signal);
      const isDefinite = value.kind === 'definition' || value.certainty === 'refused';
      return isDefinite ? { kind: 'done', value } : { kind: 'again', value };
    },
    PATIENCE,
    { ...tools, signal },
  );
}

function findingOf(runner: DefinedRunner, definition: TaskDefinitionAnswer): DefinitionFinding {
  const hasDeadlineContainer = definition.containers.includes(DEADLINE_CONTAINER);
  const given = `${definition.arn} with ${definition.containers.join(', ') || 'no containers'}`;
  const at = `runner ${runner.name}`;
  const noWorker: Problem = {
    code: 'FR_FLEET_DEFINITION_NO_WORKER',
    at,
    what: `the task definition has no container ${WORKER_CONTAINER}`,
    given,
    cure: `name the container that runs sshd ${WORKER_CONTAINER}`,
  };
  const noDeadline: Problem = {
    code: 'FR_FLEET_DEFINITION_NO_DEADLINE',
    at,
    what: `the task definition has no container ${DEADLINE_CONTAINER}: nothing ends a task that the manager can't stop`,
    given,
    cure: `add the essential sidecar ${DEADLINE_CONTAINER} of the documented worker definition`,
  };
  return {
    runner: runner.name,
    isRead: true,
    hasDeadlineContainer,
    ...(definition.logs && { logs: definition.logs }),
    errors: definition.containers.includes(WORKER_CONTAINER) ? [] : [noWorker],
    warnings: hasDeadlineContainer ? [] : [noDeadline],
  };
}

/** ECS's refusal is an error only where it means that jobs can't be placed either. */
function unreadable(runner: DefinedRunner, exception: EcsException): DefinitionFinding {
  const failure = classifyException(exception);
  const problem: Problem = {
    code: 'FR_FLEET_DEFINITION_UNREADABLE',
    at: `runner ${runner.name}`,
    what: `the task definition could not be read: ${failure.cause}`,
    given: runner.worker.taskDefinition,
    cure: failure.cure,
  };
  const isError = failure.code === 'FR_FLEET_NO_DEFINITION';
  return {
    runner: runner.name,
    isRead: false,
    hasDeadlineContainer: false,
    errors: isError ? [problem] : [],
    warnings: isError ? [] : [problem],
  };
}
