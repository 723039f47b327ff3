import type { EnqueuedJobSpec } from '@fargate-gitlab-runner/emulator-gitlab';
import {
  assertWholeTrace,
  CACHE_BUCKET,
  closeRig,
  type EndedJob,
  type ManagerUnderTest,
  type Rig,
  runJob,
} from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAt, untilLogged } from '../takeover/kill-at.ts';
import { startTakeoverRig } from '../takeover/takeover-rig.ts';

let rig: Rig;
let manager: ManagerUnderTest;
beforeAll(async () => {
  rig = await startTakeoverRig();
  manager = await rig.startManager();
});
afterAll(() => closeRig(rig));

type Cache = { readonly [key: string]: string | boolean | readonly string[] };

/** Runs one job without sources and with these caches. */
function run(cache: readonly Cache[], script: readonly string[], spec: EnqueuedJobSpec = {}): Promise<EndedJob> {
  return runJob(rig, { ...specOf(cache, script), ...spec });
}

function specOf(cache: readonly Cache[], script: readonly string[]): EnqueuedJobSpec {
  return { script, variables: [{ key: 'GIT_STRATEGY', value: 'empty' }], payload: { cache } };
}

const deps = (more: Cache): Cache => ({ key: 'deps', paths: ['deps/'], ...more });
const make = 'test ! -e deps; mkdir deps; echo "made by $CI_JOB_ID" > deps/f';

async function keys(): Promise<readonly string[]> {
  return (await rig.aws.control.s3Objects(CACHE_BUCKET)).map(({ key }) => key);
}

/** Nobody reads a permission in the log. */
function assertNoLink({ text }: EndedJob): void {
  expect(text).not.toMatch(/X-Amz-(?:Signature|Credential)/);
}

describe('the cache', { timeout: 120_000 }, () => {
  it('2. is missed by the first job and found by the second, in the order of stages, whatever runs beside it', async () => {
    const first = await run([deps({ key: 'all/$CI_JOB_NAME' })], [make], { name: 'same' });
    const second = await run([deps({ key: 'all/$CI_JOB_NAME' })], ['cat deps/f'], { name: 'same' });
    expect([first.job.status, second.job.status], `${first.text}\n${second.text}`).toEqual(['success', 'success']);
    expect(first.text).toMatch(
      /^Restoring cache\nChecking cache for all\/same\.\.\.\n.*\nWARNING: file does not exist\nWARNING: Failed to extract cache$/m,
    );
    expect(first.text).toMatch(/^Saving cache for successful job\nCreating cache all\/same\.\.\.\n(.*\n)*Created cache$/m);
    expect(second.text).toMatch(/^Successfully extracted cache\n(.*\n)*made by \d+\n(.*\n)*Archive is up to date!\nCreated cache$/m);
    expect(await keys()).toEqual([expect.stringMatching(/^runner\/[\w-]{9}\/project\/\d+\/all\/same$/)]);
    for (const each of [first, second]) assertNoLink(each);
    await assertWholeTrace(rig, first.job.id);
  });

  it('55. 56. is had under another key, and left alone by a policy', async () => {
    await run([deps({ key: 'fallback', policy: 'push' })], [make]);
    const pulled = await run([deps({ key: 'own', policy: '$HOW', fallback_keys: ['none', 'fallback'] })], ['cat deps/f; echo x > deps/g'], {
      variables: [
        { key: 'GIT_STRATEGY', value: 'empty' },
        { key: 'HOW', value: 'pull' },
      ],
    });
    expect(pulled.text).toMatch(
      /^Checking cache for none\.\.\.\n(.*\n)*Checking cache for fallback\.\.\.\n.*\nSuccessfully extracted cache$/m,
    );
    expect([pulled.job.status, pulled.lines.includes('Not uploading cache own due to policy')]).toEqual(['success', true]);
    expect((await keys()).some((key) => key.endsWith('/own'))).toBe(false);
    const wrong = await run([deps({ policy: 'both' })], ['echo never']);
    expect([wrong.job.status, wrong.job.failureReason, wrong.lines.includes('never')]).toEqual(['failed', 'script_failure', false]);
  });

  it('3. is kept after a failure if it says so, and after a success otherwise', async () => {
    const caches = [deps({ key: 'good' }), deps({ key: 'bad', when: 'on_failure' }), deps({ key: 'ever', when: 'always' })];
    const failed = await run(caches, [make, 'exit 3']);
    expect([failed.job.status, failed.job.exitCode]).toEqual(['failed', 3]);
    expect(failed.text).toMatch(/^Saving cache for failed job\nCreating cache bad\.\.\.\n(.*\n)*Creating cache ever\.\.\.$/m);
    const saved = (await keys()).map((key) => key.replace(/^.*\//, ''));
    expect(['good', 'bad', 'ever'].map((key) => saved.includes(key))).toEqual([false, true, true]);
  });

  it('57. never fails a job: not when it is broken, and not when S3 is away or refuses', async () => {
    await run([deps({ key: 'broken', policy: 'push' })], [make]);
    const object = (await keys()).find((key) => key.endsWith('/broken')) ?? '';
    await rig.aws.control.putS3Object(CACHE_BUCKET, object, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]));
    const broken = await run([deps({ key: 'broken' })], [make]);
    await rig.aws.control.failS3({ action: 'GetObject', keyPrefix: 'runner/', fault: { kind: 'dropped' }, times: 3 });
    await rig.aws.control.failS3({ action: 'PutObject', keyPrefix: 'runner/', fault: { kind: 'error', code: 'SlowDown' }, times: 3 });
    const away = await run([deps({ key: 'away' })], [make]);
    await rig.aws.control.denyS3([{ action: 's3:GetObject', keyPrefix: 'runner/' }]);
    const denied = await run([deps({ key: 'broken', policy: 'pull' })], [make]);
    await rig.aws.control.denyS3([]);
    expect([broken, away, denied].map(({ job }) => job.status)).toEqual(['success', 'success', 'success']);
    expect(broken.text).toMatch(/^WARNING: the archive is broken: .*\nWARNING: Failed to extract cache$/m);
    expect(broken.lines).toContain('Created cache');
    expect(away.text).toMatch(/^WARNING: the cache can not be had: curl: \(52\).*\nWARNING: Failed to extract cache$/m);
    expect(away.text).toMatch(/^WARNING: the cache can not be stored: 503 SlowDown: .*\nWARNING: Failed to create cache$/m);
    expect(denied.text).toMatch(/^WARNING: the cache can not be had: 403 AccessDenied: /m);
    for (const each of [broken, away, denied]) assertNoLink(each);
  });

  it('is saved once when the manager dies meanwhile, and the successor goes on with links of its own', async () => {
    const puts = async () => (await rig.aws.control.s3CallCounts()).get('PutObject') ?? 0;
    const before = await puts();
    await rig.aws.control.failS3({ action: 'PutObject', keyPrefix: 'runner/', fault: { kind: 'delay', ms: 2500 } });
    const { id } = await rig.gitlab.control.enqueueJob({
      ...specOf([deps({ key: 'killed' }), deps({ key: 'after' })], [make]),
      name: 'killed',
    });
    await killAt(manager, { event: 'stage.started', jobId: id, stage: 'archive_cache' });
    manager = await rig.startManager();
    await untilLogged(manager, { event: 'stage.started', jobId: id, stage: 'archive_cache', resumed: 'true' });
    const job = await rig.gitlab.control.jobEnd(id);
    expect([job.status, (await puts()) - before]).toEqual(['success', 2]);
    expect((await keys()).filter((key) => /\/(killed|after)$/.test(key))).toHaveLength(2);
    await assertWholeTrace(rig, id);
    expect((await rig.gitlab.control.trace(id)).toString()).not.toMatch(/X-Amz-Signature=[0-9a-f]/);
  });
});
