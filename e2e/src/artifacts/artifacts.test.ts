import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { EnqueuedJobSpec, JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { assertWholeTrace, closeRig, endedJob, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const execute = promisify(execFile);

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start({ gitlab: { artifactLimitBytes: 1_000_000 } });
  await rig.startManager();
}, 30_000);
afterAll(() => closeRig(rig));

/** Runs one job without sources; `artifacts` are entries of the payload, `from` jobs whose archive it gets. */
async function run(spec: EnqueuedJobSpec & { readonly artifacts?: readonly JsonObject[]; readonly from?: readonly JobView[] }) {
  const { artifacts = [], from = [], variables = [], ...job } = spec;
  const dependencies = from.map(({ id, name }) => ({ id: Number(id), name, artifacts_file: { filename: 'x.zip' } }));
  const { id } = await rig.gitlab.control.enqueueJob({
    ...job,
    variables: [{ key: 'GIT_STRATEGY', value: 'empty' }, ...variables],
    payload: { artifacts: [...artifacts], dependencies },
  });
  return endedJob(rig, id);
}

type JsonObject = { readonly [key: string]: string | boolean | readonly string[] };

const junit: JsonObject = { name: 'junit.xml', paths: ['*.xml'], when: 'always', artifact_type: 'junit', artifact_format: 'gzip' };
const dotenv: JsonObject = { paths: ['build.env'], when: 'always', artifact_type: 'dotenv', artifact_format: 'gzip' };

/** The names in a job's archive and, for one of them, what it holds. */
async function archiveOf(jobId: string) {
  const folder = await mkdtemp(join(tmpdir(), 'fgr-archive-'));
  try {
    const zip = join(folder, 'archive.zip');
    await writeFile(zip, await rig.gitlab.control.artifact(jobId));
    const { stdout } = await execute('unzip', ['-Z1', zip]);
    const { stdout: long } = await execute('unzip', ['-Z', zip]);
    await execute('unzip', ['-q', zip, '-d', join(folder, 'out')]);
    const content = await readFile(join(folder, 'out/dist/app.txt'), 'utf8').catch(() => undefined);
    return { names: stdout.trim().split('\n'), long, content };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('artifacts', { timeout: 90_000 }, () => {
  it('travel from one job to the next: globs, exclusions, links, names with anything in them', async () => {
    const made = await run({
      name: 'make',
      script: [
        `mkdir -p dist/maps dist/empty "dist/name with 'quotes\\" and \\\\slash"`,
        'echo "made by $CI_JOB_NAME" > dist/app.txt; echo map > dist/maps/app.map; ln -s app.txt dist/link; echo out > not-wanted.txt',
        `echo odd > "dist/name with 'quotes\\" and \\\\slash/-file [1]"`,
        'echo EXTRA=extra.txt >> $GITLAB_ENV; echo extra > extra.txt',
      ],
      artifacts: [{ name: 'bundle of $CI_JOB_NAME', paths: ['dist/**/*', '$EXTRA', 'nothing/here'], exclude: ['**/*.map'] }],
    });
    const used = await run({
      script: [
        'cat dist/app.txt extra.txt dist/name*/*',
        'test -L dist/link && test -d dist/empty',
        'test ! -e not-wanted.txt && test ! -e dist/maps/app.map',
      ],
      from: [made.job],
    });
    expect([made.job.status, used.job.status], `${made.text}\n${used.text}`).toEqual(['success', 'success']);
    const { names, long, content } = await archiveOf(made.job.id);
    expect(names).toEqual([
      'dist/app.txt',
      'dist/empty/',
      'dist/link',
      'dist/maps/',
      `dist/name with 'quotes" and \\slash/`,
      `dist/name with 'quotes" and \\slash/-file [1]`,
      'extra.txt',
    ]);
    expect([content, /^l\S+ .* dist\/link$/m.test(long)]).toEqual(['made by make\n', true]);
    expect(made.lines).toContain('dist/**/*: found 7 matching artifact files and directories');
    expect(made.lines).toContain('**/*.map: excluded 1 files');
    expect(made.text).toMatch(
      /^WARNING: nothing\/here: no matching files\. Ensure that the artifact path is relative to the working directory \(/m,
    );
    expect(made.lines).toContain('Uploading artifacts as "archive" to coordinator... 201 Created');
    expect(made.job.artifacts.map(({ filename }) => filename)).toEqual(['bundle of make.zip']);
    expect(used.lines).toContain(`Downloading artifacts for make (${made.job.id})...`);
    expect(used.text).toContain('made by make\nextra\nodd');
    await assertWholeTrace(rig, made.job.id);
  });

  it('are chosen by the outcome, and reports go with them', async () => {
    const script = ["echo log > log.txt; echo '<testsuites/>' > junit.xml; echo KEY=value > build.env", 'exit $CODE'];
    const artifacts = [{ paths: ['log.txt'], when: 'on_failure' }, junit, dotenv];
    const [good, bad] = await Promise.all(['0', '3'].map((value) => run({ script, artifacts, variables: [{ key: 'CODE', value }] })));
    expect([good?.job.status, bad?.job.status, bad?.job.exitCode]).toEqual(['success', 'failed', 3]);
    const kept = (job?: JobView) => job?.artifacts.map(({ type, format }) => `${type} ${format}`).sort();
    expect([kept(good?.job), kept(bad?.job)]).toEqual([
      ['dotenv gzip', 'junit gzip'],
      ['archive zip', 'dotenv gzip', 'junit gzip'],
    ]);
    expect(gunzipSync(await rig.gitlab.control.artifact(bad?.job.id ?? '', 'junit')).toString()).toBe('<testsuites/>\n');
    expect(good?.text).toContain('Uploading artifacts for successful job');
    expect(bad?.text).toContain('Uploading artifacts for failed job');
  });

  it('that match nothing, or lie outside of the project, leave the job green; too large ones fail it', async () => {
    const [none, outside, large] = await Promise.all([
      run({ script: ['true'], artifacts: [{ paths: ['nowhere'] }] }),
      run({ script: ['true'], artifacts: [{ paths: ['../../secret', '/etc/passwd'] }] }),
      run({ script: ['head -c 3000000 /dev/urandom > blob'], artifacts: [{ paths: ['blob'] }] }),
    ]);
    expect([none, outside, large].map(({ job }) => [job.status, job.failureReason])).toEqual([
      ['success', undefined],
      ['success', undefined],
      ['failed', 'script_failure'],
    ]);
    expect(none.lines).toContain('ERROR: No files to upload');
    expect(outside.lines).toContain('WARNING: /etc/passwd: not a path in the project directory, left out');
    expect(outside.lines).toContain('WARNING: ../../secret: not a path in the project directory, left out');
    expect(large.text).toMatch(/^ERROR: Uploading artifacts as "archive" to coordinator\.\.\. 413/m);
    expect(large.text).toContain('larger than this GitLab allows');
  });

  it('of an earlier job that are not there fail the job before its script', async () => {
    const empty = await run({ name: 'empty', script: ['true'] });
    const user = await run({ script: ['echo never'], from: [empty.job] });
    expect([user.job.status, user.job.failureReason]).toEqual(['failed', 'script_failure']);
    expect(user.text).toMatch(/^ERROR: Downloading artifacts from coordinator\.\.\. 404/m);
    expect(user.lines).not.toContain('never');
  });
});
