import type { RunnerConfig } from '@fargate-gitlab-runner/config';
import { type Problem, renderProblem } from '@fargate-gitlab-runner/kernel';
import type { Registrar, UnregisterVerdict } from '@fargate-gitlab-runner/manager';
import type { ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { refusal } from './refusal.ts';
import type { RegistrarInput } from './registrar-input.ts';
import { withRegistrar } from './with-registrar.ts';

/** What `unregister` is told. */
export interface UnregisterInput extends RegistrarInput {
  /** The runner itself is removed, with the managers of whoever else uses it; else only managers of this deployment. */
  readonly isWholeRunner: boolean;
  /** The `system_id` of the manager that is meant; left out: all those of this store. */
  readonly manager?: string;
  /** Also what a manager or a job still uses. */
  readonly isForced: boolean;
}

/**
 * Removes from GitLab what a person no longer wants there: managers of this deployment, or whole runners. What is still used is left
 * alone and named. A manager never does this by itself.
 */
export function runUnregister(input: UnregisterInput): Promise<ExitCode> {
  return withRegistrar(input, (runner, registrar) =>
    input.isWholeRunner ? removeRunner(runner, { ...input, registrar }) : removeManagers(runner, { ...input, registrar }),
  );
}

type Removing = UnregisterInput & { readonly registrar: Registrar };

async function removeRunner(runner: RunnerConfig, of: Removing): Promise<boolean> {
  const { registrar, output, interrupted } = of;
  const users = of.isForced ? [] : await usersOf(runner, registrar);
  if (users.length > 0) {
    output.note(renderProblem(inUse(runner.name, users.join(', '))));
    return false;
  }
  return told(await registrar.unregister(runner, interrupted), { runner: runner.name, what: 'the runner', output });
}

async function usersOf(runner: RunnerConfig, registrar: Registrar): Promise<string[]> {
  const managers = (await registrar.managers()).filter(({ isInUse }) => isInUse).map(({ systemId }) => `manager ${systemId}`);
  const jobs = await registrar.jobsOf(runner);
  return jobs === 0 ? managers : [...managers, `${jobs} job${jobs === 1 ? '' : 's'} on record`];
}

async function removeManagers(runner: RunnerConfig, of: Removing): Promise<boolean> {
  const { registrar, output, interrupted, manager } = of;
  const known = await registrar.managers();
  const meant =
    manager === undefined ? known : [known.find(({ systemId }) => systemId === manager) ?? { systemId: manager, isInUse: false }];
  let isDone = true;
  for (const { systemId, isInUse } of meant) {
    const what = `manager ${systemId}`;
    if (isInUse && !of.isForced) {
      output.note(renderProblem(inUse(runner.name, what)));
      isDone = false;
    } else {
      const verdict = await registrar.unregisterManager(runner, systemId, interrupted);
      isDone = told(verdict, { runner: runner.name, what, output }) && isDone;
    }
  }
  return isDone;
}

function inUse(runner: string, given: string): Problem {
  return {
    code: 'FR_RUNNER_IN_USE',
    at: runner,
    what: 'it is in use, and a manager that runs would register anew',
    given,
    cure: 'stop the manager and let its jobs end; --force when it was killed and does not run any more',
  };
}

/** Says how it went. What is not there is as good as removed. */
function told(verdict: UnregisterVerdict, of: { readonly runner: string; readonly what: string; readonly output: Output }): boolean {
  switch (verdict.kind) {
    case 'removed':
      of.output.line(`${of.runner}: ${of.what} is removed from GitLab`);
      return true;
    case 'missing':
      of.output.line(`${of.runner}: GitLab does not know ${of.what}; nothing to remove`);
      return true;
    case 'unregistered':
      of.output.line(`${of.runner}: was never registered with its registration token; nothing to remove`);
      return true;
    default:
      of.output.note(renderProblem(refusal(of.runner, verdict)));
      return false;
  }
}
