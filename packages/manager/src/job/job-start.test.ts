import { describe, expect, it } from 'vitest';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import type { ManagerEvent } from '../telemetry/manager-event.ts';
import { driveToTheEnd } from './drive-to-the-end.test-double.ts';

type Call = Awaited<ReturnType<typeof driveToTheEnd>>[number];
const puts = (calls: readonly Call[]) => calls.flatMap((call) => ('put' in call ? [call.put] : []));
const log = (calls: readonly Call[]) => calls.map((call) => ('patch' in call ? call.patch : '')).join('');

describe('the first thing that GitLab hears of a job', () => {
  it('13: is that it runs, with an empty output and no checksum', async () => {
    const [first] = puts(await driveToTheEnd([{ status: 200 }]));
    expect(first).toMatchObject({ token: 'job-token-in-clear', state: 'running', output: {} });
    expect(first.output).toEqual({});
    expect(Object.keys(first).sort()).toEqual(['info', 'output', 'state', 'token']);
  });

  it.each([
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['a canceled job', { status: 200, headers: { 'Job-Status': 'canceled' } }],
    ['a failed job', { status: 200, headers: { 'Job-Status': 'failed' } }],
  ] as const)('14: is the last, when the answer is %s', async (_name, reply) => {
    expect(await driveToTheEnd([reply])).toHaveLength(1);
  });

  it('15: is followed by its end alone, when the answer is canceling: no worker, no script', async () => {
    const calls = await driveToTheEnd([{ status: 200, headers: { 'Job-Status': 'canceling' } }]);
    expect(puts(calls).slice(1)).toMatchObject([{ state: 'failed', failure_reason: 'unknown_failure' }]);
    expect(log(calls)).not.toContain('Placing the job');
  });

  it('15: the reason is the real one where GitLab knows it', async () => {
    const { payload } = sampleRecord();
    const known = { ...payload, features: { ...payload.features, failure_reasons: ['job_canceled'] } };
    const calls = await driveToTheEnd([{ status: 200, headers: { 'Job-Status': 'canceling' } }], { changes: { payload: known } });
    expect(puts(calls).slice(1)).toMatchObject([{ state: 'failed', failure_reason: 'job_canceled' }]);
  });

  it.each([
    ['is lost', { cut: 'before' }],
    ['is an outage', { status: 501 }],
    ['is a conflict', { status: 409 }],
  ] as const)('16: changes nothing when the answer %s: a worker is asked for', async (_name, reply) => {
    const told: ManagerEvent[] = [];
    const calls = await driveToTheEnd([reply], { tools: { emit: (event) => void told.push(event) } });
    expect(log(calls)).toContain('Placing the job');
    expect(puts(calls).at(-1)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
    expect(told[0]).toMatchObject({ name: 'job.unannounced', jobId: '4101' });
  });

  it('goes without saying in the log when GitLab took it', async () => {
    const told: ManagerEvent[] = [];
    await driveToTheEnd([{ status: 200 }], { tools: { emit: (event) => void told.push(event) } });
    expect(told.map(({ name }) => name)).not.toContain('job.unannounced');
  });

  it('is its end, when no manager has its runner any more: its log says so, and what to do', async () => {
    const calls = await driveToTheEnd([], { facts: { isRunnerGone: true } });
    expect(puts(calls)).toMatchObject([{ state: 'failed', failure_reason: 'runner_system_failure' }]);
    expect(log(calls)).toContain('no manager has the runner "dev_tool1" any more. For the operator of the runner: let the jobs of');
    expect(log(calls)).not.toContain('Placing the job');
  });

  it('is the success that was certain already, when no manager has its runner any more', async () => {
    const run = { attempt: 1, deadlineAt: 0, limit: 'job', end: { code: 0, cause: 'exit', journalEnd: 0 } } as const;
    const stages = ['prepare_script', 'get_sources', 'step_script'].map((stage) => ({ stage, ...run }));
    const calls = await driveToTheEnd([], { facts: { isRunnerGone: true }, changes: { stages } });
    expect(puts(calls)).toMatchObject([{ state: 'success' }]);
    expect(log(calls)).toContain('WARNING: The outcome of the job was certain');
  });

  it('17: is that it failed, when it asks for an option that no runner knows: why stands in its log', async () => {
    const { payload } = sampleRecord();
    const image = { alias: undefined, entrypoint: undefined, command: undefined, variables: [], pull_policy: [], name: 'alpine' };
    const asked = { ...payload, image: { ...image, executor_opts: { docker: { privileged: true } } } };
    const calls = await driveToTheEnd([], { changes: { payload: asked } });
    expect(log(calls)).toContain('unsupported docker option "privileged"');
    expect(puts(calls)).toMatchObject([{ state: 'failed', failure_reason: 'runner_system_failure', exit_code: 3 }]);
  });
});
