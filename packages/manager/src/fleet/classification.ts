import type { FailureSource } from './classification/classification-row.ts';
import { CLASSIFICATION } from './classification-table.ts';
import type { EcsException, EcsFailure, EcsTask } from './ecs-gateway.ts';
import type { PlacementFailure } from './fleet.ts';

const LONGEST_WORDS = 500;

/** What the words mean for us, by the one table. The cause ends with the words themselves, shortened to 500 characters. */
export function classify(source: FailureSource, words: string): PlacementFailure {
  const row = CLASSIFICATION.find((candidate) => candidate.source === source && candidate.pattern.test(words));
  if (!row) throw new Error(`the table has no last row for ${source}`);
  return { ...row.failure, cause: `${row.failure.cause} (${printable(words)})` };
}

/** One of RunTask's `failures[]`. */
export function classifyFailure(failure: EcsFailure): PlacementFailure {
  return classify('failure', [failure.reason, failure.detail].filter((text) => text !== '').join(': '));
}

/** An exception that says for sure that the call did not happen. */
export function classifyException(exception: EcsException): PlacementFailure {
  return classify('exception', `${exception.type}: ${exception.message}`);
}

/** A task that is stopping or has stopped; what its containers say counts too. */
export function classifyStop(task: Pick<EcsTask, 'stopCode' | 'stoppedReason' | 'containers'>): PlacementFailure {
  const exits = task.containers
    .filter((container) => container.exitCode !== undefined || container.reason !== '')
    .map(({ name, exitCode, reason }) =>
      [`${name} exited${exitCode === undefined ? '' : ` ${exitCode}`}`, reason].filter((text) => text !== '').join(': '),
    );
  return classify('stop', [`${task.stopCode}: ${task.stoppedReason}`, ...exits].join('; '));
}

/** A worker that can't be reached by SSH; `kind` and `cause` are the transport's. */
export function classifyConnect(outcome: { readonly kind: string; readonly cause: string }): PlacementFailure {
  return classify('connect', `${outcome.kind}: ${outcome.cause}`);
}

/** Words from outside go into job logs: control characters don't. */
function printable(words: string): string {
  const plain = words.replace(/\p{Cc}+/gu, ' ');
  return plain.length > LONGEST_WORDS ? `${plain.slice(0, LONGEST_WORDS)}...` : plain;
}
