import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startRig } from '../../emulators/gitlab/src/rig.test-double.ts';
import { caseHeads } from '../../e2e/src/cases/load-cases.ts';
import { compareShapes } from './compare-shapes.ts';
import { KNOWN_DIFFERENCES, LEFT_OUT } from './known-differences.ts';
import { OFFICIAL_CASES } from './official-cases.ts';
import { unexpectedFindings } from './unexpected-findings.ts';

test('without the program the script says so, and ends with 2', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const node = promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--import',
    'tsx',
    main,
    '--binary',
    '/nowhere/gitlab-runner',
  ]);
  await expect(node).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('install GitLab Runner, or name it with --binary') });
});

test('a runner that does as expected is the same, one that does not differs and is told how', async () => {
  await using rig = await startRig();
  const [success] = OFFICIAL_CASES;
  const verdict = async (trace: string) => {
    const running = success?.run(rig.gitlab.control);
    while ((await rig.runner.request()).status !== 201);
    const job = (await rig.gitlab.control.jobs()).at(-1);
    if (!job) throw new Error('there is no job');
    await rig.runner.put(job, { state: 'running' });
    await rig.runner.patch(job, 0, trace);
    await rig.runner.finish(job, { state: 'success' }, trace);
    return running;
  };
  expect(await verdict('hello 1001\nJob succeeded\n')).toEqual([]);
  expect(await verdict('Job succeeded\n')).toEqual(['in the trace: hello 10']);
  expect(await unexpectedFindings(rig.gitlab.control)).toEqual([]);
});

test('what a runner of an older version does not do yet is known, and nothing else', async () => {
  await using rig = await startRig();
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({ token: 'glrt-t1_00000000000000000000', system_id: 's_000000000000' });
  await fetch(`${rig.gitlab.url}/api/v4/runners/verify`, { method: 'POST', headers, body });
  const rules = async (version?: string) =>
    (await unexpectedFindings(rig.gitlab.control, version)).map((line) => line.split(' ')[0]).sort();
  expect(await rules('Version: 17.9.0 Git revision: HEAD')).toEqual(['user-agent']);
  expect(await rules('Version: 17.11.0')).toEqual(['token-header', 'user-agent']);
  expect(await rules('Version: 18.1.0')).toEqual(['request-id', 'token-header', 'user-agent']);
  expect(await rules('Version: 19.3.0')).toEqual(['info', 'request-id', 'token-header', 'user-agent']);
  expect(await rules()).toEqual(['info', 'request-id', 'token-header', 'user-agent']);
});

test('shapes of jobs are compared field by field, and what is known is explained', () => {
  const shape = {
    status: 'failed',
    failureReason: 'script_failure',
    exitCode: 3,
    sections: ['prepare_script', 'step_script', 'after_script'],
    artifacts: ['archive zip artifacts.zip'],
    dotenv: [],
  };
  const known = [{ name: 'one', field: 'sections', why: 'a reason' }];
  expect(compareShapes('one', { official: shape, ours: shape }, known)).toEqual([]);
  const other = { ...shape, exitCode: undefined, sections: ['prepare_script', 'step_script'] };
  const differences = (name: string) => compareShapes(name, { official: shape, ours: other }, known).map(({ field, why }) => [field, why]);
  expect(differences('one')).toEqual([
    ['exitCode', undefined],
    ['sections', 'a reason'],
  ]);
  expect(differences('two')).toEqual([
    ['exitCode', undefined],
    ['sections', undefined],
  ]);
});

test('every known difference, and every case left out, is of a case that there is, and says why', () => {
  const names = caseHeads().map(({ name }) => name);
  expect(KNOWN_DIFFERENCES.filter(({ name = names[0] ?? '', why }) => !names.includes(name) || why.length < 20)).toEqual([]);
  expect(Object.entries(LEFT_OUT).filter(([name, why]) => !names.includes(name) || why.length < 20)).toEqual([]);
});

test('without the program the walk says so, and ends with 2', async () => {
  const main = fileURLToPath(new URL('./cases-main.ts', import.meta.url));
  const node = promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--import',
    'tsx',
    main,
    '--binary',
    '/nowhere/gitlab-runner',
  ]);
  await expect(node).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('install GitLab Runner, or name it with --binary') });
});
