import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closeRig, endedJob, printed, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PASSWORD = 'Zq7rT0wPd4hKx9';
const PARAMETER = 'Vb3nM8sLc6jGy2';

describe('secrets of a job', { timeout: 180_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      aws: { worker: { isolation: 'none' } },
      config: {
        timing: { heartbeat_ms: 100, owner_stale_ms: 600, trace_initial_pace_ms: 200 },
        job_secret_arns: ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:ci/*', 'arn:aws:ssm:eu-west-1:111122223333:parameter/ci/*'],
      },
    });
  });
  afterAll(() => closeRig(rig));

  it('reach its scripts whoever drives it, are asked for once, and stand nowhere in its log', async () => {
    const { control } = rig.aws;
    await control.putSecret({ name: 'ci/db', value: JSON.stringify({ password: PASSWORD }) });
    const parameter = await control.putParameter('/ci/token', PARAMETER);
    const gate = join(rig.folder, 'secrets.gate');
    const first = await rig.startManager();
    const { id } = await rig.gitlab.control.enqueueJob({
      script: [
        'echo "password is $DB"',
        'echo begun',
        `until [ -e '${gate}' ]; do sleep 0.1; done`,
        'echo "now it is $DB and $(printf %s "$DB" | wc -c) long; the file has $(cat "$TOKEN")"',
      ],
      afterScript: ['echo "$DB has $(printf %s "$DB" | wc -c)"'],
      payload: {
        secrets: {
          DB: { aws_secrets_manager: { secret_id: 'ci/db', field: 'password' }, file: false },
          TOKEN: { aws_secrets_manager: { secret_id: parameter } },
        },
      },
    });
    await printed(rig, id, 'begun');
    await first.kill('SIGKILL');
    const second = await rig.startManager();
    await second.logged('job.adopted');
    await writeFile(gate, '');
    const { job, lines } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'success' });
    expect(lines).toContain('password is [MASKED]');
    expect(lines).toContain('now it is [MASKED] and 14 long; the file has [MASKED]');
    expect(lines).toContain('[MASKED] has 14');
    const trace = await rig.gitlab.control.trace(id);
    expect([trace.includes(PASSWORD), trace.includes(PARAMETER)]).toEqual([false, false]);
    expect(Object.fromEntries(await control.serviceCallCounts())).toEqual({ 'secretsmanager:GetSecretValue': 1, 'ssm:GetParameter': 1 });
  });

  it('that its operator has not named end it before it has a worker', async () => {
    await rig.aws.control.putSecret({ name: 'runner-tokens', value: 'glrt-in-clear' });
    const { id } = await rig.gitlab.control.enqueueJob({
      script: ['echo never'],
      payload: { secrets: { TOKENS: { aws_secrets_manager: { secret_id: 'runner-tokens' } } } },
    });
    const { job, lines } = await endedJob(rig, id);
    expect(job).toMatchObject({ status: 'failed', failureReason: 'runner_configuration_error' });
    expect(lines.find((line) => line.startsWith('ERROR: Job failed'))).toContain('FR_SECRET_NOT_PERMITTED');
    expect(lines.some((line) => line.startsWith('Placing the job'))).toBe(false);
  });
});
