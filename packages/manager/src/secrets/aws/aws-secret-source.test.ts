import { type AwsEmulator, AwsControl, startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { Secret, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecretRequest } from '../secret-source.ts';
import { AwsSecretSource } from './aws-secret-source.ts';

const region = 'eu-central-1';
const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };
const ROLE = 'arn:aws:iam::000000000000:role/ci';

describe('secrets by the AWS SDK', () => {
  let emulator: AwsEmulator;
  let control: AwsControl;
  let arn: string;
  let oldVersion: string;
  beforeAll(async () => {
    emulator = await startAwsEmulator({ worker: { kind: 'none' } }, { clock: systemClock, random: seededRandom(7) });
    control = new AwsControl(emulator.url);
    oldVersion = (await control.putSecret({ name: 'ci/db', value: 'old' })).versionId;
    ({ arn } = await control.putSecret({ name: 'ci/db', value: 'new' }));
    await control.putSecret({ name: 'ci/db', value: 'next', stages: ['AWSPENDING'] });
    await control.putParameter('/ci/token', 'from the store');
    await control.putSecret({ name: 'prod/db', value: 'not for CI' });
    await control.trust({ roleArn: ROLE, token: 'eyJ.good', resources: ['arn:aws:secretsmanager:*:secret:prod/*'] });
  });
  afterAll(() => emulator.close());

  const source = (credentials = LOCAL) => new AwsSecretSource({ clock: systemClock, endpoint: emulator.url, credentials });
  const read = (request: Partial<SecretRequest>, from = source()) =>
    from.read({ service: 'secretsmanager', region, id: 'ci/db', ...request }, new AbortController().signal);
  const shown = async (request: Partial<SecretRequest>) => {
    const answer = await read(request);
    return answer.kind === 'value' ? [answer.arn, answer.value.reveal()] : answer;
  };

  it('come by name, by ARN and by ARN without its last characters; the current version unless another is named', async () => {
    expect(await shown({})).toEqual([arn, 'new']);
    expect(await shown({ id: arn })).toEqual([arn, 'new']);
    expect(await shown({ id: arn.slice(0, -7) })).toEqual([arn, 'new']);
    expect(await shown({ versionStage: 'AWSPENDING' })).toEqual([arn, 'next']);
    expect(await shown({ versionId: oldVersion })).toEqual([arn, 'old']);
  });

  it('of Parameter Store come decrypted', async () => {
    const parameter = 'arn:aws:ssm:eu-central-1:000000000000:parameter/ci/token';
    expect(await shown({ service: 'ssm', id: parameter })).toEqual([parameter, 'from the store']);
  });

  it('that are not there are missing', async () => {
    expect(await read({ id: 'nothing' })).toMatchObject({ kind: 'missing', cause: expect.stringContaining('ResourceNotFound') });
    expect(await read({ region: 'eu-west-1' })).toMatchObject({ kind: 'missing' });
    expect(await read({ versionStage: 'never' })).toMatchObject({ kind: 'missing' });
    expect(await read({ service: 'ssm', id: '/none' })).toEqual({ kind: 'missing', cause: expect.stringContaining('ParameterNotFound') });
  });

  it('are denied to a wrong key, a wrong signature and a role without permission', async () => {
    const stranger = source({ accessKeyId: 'stranger', secretAccessKey: 'local' });
    const forger = source({ accessKeyId: 'local', secretAccessKey: 'guessed' });
    expect(await read({}, stranger)).toMatchObject({ kind: 'denied', cause: expect.stringContaining('UnrecognizedClient') });
    expect(await read({}, forger)).toMatchObject({ kind: 'denied', cause: expect.stringContaining('InvalidSignature') });
    await control.deny(['*:secret:ci/*']);
    expect(await read({})).toMatchObject({ kind: 'denied', cause: expect.stringContaining('not authorized to perform') });
    await control.deny([]);
  });

  it("are had by the job's own token and role, which may read what they may and nothing else", async () => {
    const identity = { roleArn: ROLE, sessionName: '41-7-gitlab.test', token: new Secret('eyJ.good') };
    const answer = await read({ id: 'prod/db', identity });
    expect(answer.kind === 'value' && answer.value.reveal()).toBe('not for CI');
    expect(await read({ identity })).toMatchObject({ kind: 'denied', cause: expect.stringContaining('assumed-role/ci/41-7-gitlab.test') });
    const forged = { ...identity, token: new Secret('eyJ.forged') };
    expect(await read({ id: 'prod/db', identity: forged })).toMatchObject({ kind: 'denied' });
  });

  it('are unavailable where nobody answers', async () => {
    const nobody = new AwsSecretSource({ clock: systemClock, endpoint: 'http://127.0.0.1:1', credentials: LOCAL });
    expect(await read({}, nobody)).toMatchObject({ kind: 'unavailable' });
  });

  it('an abort is thrown', async () => {
    await expect(source().read({ service: 'ssm', region, id: 'x' }, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
