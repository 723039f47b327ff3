import type { Finding } from '../finding.ts';
import type { CrossCheck, Subject } from './cross-check.ts';
import type { DraftRunner } from '../schema/document-schema.ts';

/** Every runner has one name, and none has that of another; there is at least one. */
export const checkRunnerNames: CrossCheck = (subject) => {
  const { draft, runners, isFaulty } = subject;
  if (draft.managers_configs !== undefined && runners.length === 0 && !isFaulty(['managers_configs']))
    return [{ code: 'FR_CONFIG_NO_RUNNERS', path: ['managers_configs'], given: false }];
  return runners.flatMap((runner, at) => [...nameOf(subject, runner), ...twinOf(runner, runners.slice(0, at))]);
};

function nameOf({ isFaulty }: Subject, runner: DraftRunner): Finding[] {
  if (isFaulty([...runner.path, 'manager_name'])) return [];
  if (runner.name === undefined) return [{ code: 'FR_CONFIG_RUNNER_NAME_MISSING', path: runner.path, given: false }];
  const said = runner.values.manager_name;
  if (said === undefined || said === runner.name) return [];
  return [{ code: 'FR_CONFIG_RUNNER_NAME_DIFFERS', path: [...runner.path, 'manager_name'], allowed: runner.name }];
}

function twinOf(runner: DraftRunner, before: readonly DraftRunner[]): Finding[] {
  const isTwin = runner.name !== undefined && before.some((other) => other.name === runner.name);
  return isTwin ? [{ code: 'FR_CONFIG_RUNNER_NAME_TWICE', path: [...runner.path, 'manager_name'] }] : [];
}
