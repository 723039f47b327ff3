import { expect, test } from 'vitest';
import { type Rig, startRig } from '../rig.test-double.ts';

/** Takes the next job and ends it so. */
async function fail(rig: Rig, failure: { readonly failure_reason: string; readonly exit_code?: number }): Promise<void> {
  expect((await rig.runner.request()).status).toBe(201);
  const job = (await rig.gitlab.control.jobs()).findLast(({ status }) => status === 'running');
  if (!job) throw new Error('there is no job');
  await rig.runner.put(job, { state: 'running' });
  await rig.runner.finish(job, { state: 'failed', ...failure });
}

const SYSTEM = { failure_reason: 'runner_system_failure' };
const SCRIPT = { failure_reason: 'script_failure', exit_code: 1 };

test.each([
  ['2', [SCRIPT, SYSTEM, SCRIPT]],
  ['{max: 1, when: runner_system_failure}', [SYSTEM, SYSTEM]],
  ['{max: 1, when: runner_system_failure}', [SCRIPT]],
  ['{max: 2, exit_codes: [137]}', [{ ...SCRIPT, exit_code: 137 }, SCRIPT]],
  ['{when: always}', [SCRIPT]],
])('with retry: %s a job that fails is put into the queue again, as often and for such reasons as it says', async (retry, failures) => {
  await using rig = await startRig();
  const start = await rig.gitlab.control.createPipeline({ yml: `j: {script: x, retry: ${retry}}\n` });
  if (start.kind === 'invalid') throw new Error('the file is invalid');
  for (const failure of failures) await fail(rig, failure);
  const end = await rig.gitlab.control.pipelineEnd(start.pipeline.id, AbortSignal.timeout(20_000));
  expect(end.status).toBe('failed');
  expect((await rig.gitlab.control.jobs()).map(({ status }) => status)).toEqual(failures.map(() => 'failed'));
});
