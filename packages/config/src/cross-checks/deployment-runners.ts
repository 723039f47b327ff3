import type { Finding } from '../finding.ts';
import type { DraftRunner } from '../schema/document-schema.ts';
import type { CrossCheck, Subject } from './cross-check.ts';

/** What the task definition of a worker is made of, which a deployment makes. */
const REQUIRED = ['worker_docker_image', 'worker_cpu', 'worker_memory'] as const;

/** Every runner says what its worker's task definition is made of, and leaves its ARN to the deployment. */
export const checkDeploymentRunners: CrossCheck = (subject) =>
  subject.runners.flatMap((runner) => [...missing(subject, runner), ...taskRole(subject, runner), ...definition(runner)]);

function missing({ isFaulty }: Subject, { path, values }: DraftRunner): Finding[] {
  const [image, cpu, memory] = REQUIRED;
  // One of the two sizes alone has been found fault with already.
  const absent = values[cpu] === undefined && values[memory] === undefined ? [image, cpu, memory] : [image];
  return absent
    .filter((key) => values[key] === undefined && !isFaulty([...path, key]))
    .map((key) => ({ code: 'FR_CONFIG_MISSING_KEY', path: [...path, key], what: `${key} is required` }));
}

function taskRole({ isFaulty }: Subject, { path, values }: DraftRunner): Finding[] {
  const at = [...path, 'worker_task_role_arn'];
  return values.worker_task_role_arn === undefined && !isFaulty(at) ? [{ code: 'FR_CONFIG_NO_TASK_ROLE', path: at, given: false }] : [];
}

function definition({ path, values }: DraftRunner): Finding[] {
  const at = [...path, 'worker_task_definition_arn'];
  return values.worker_task_definition_arn === undefined ? [] : [{ code: 'FR_CONFIG_DEFINITION_MADE', path: at }];
}
