import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobRig, type RigJob, type WorkerKind } from '../job-rig.test-double.ts';

const execute = promisify(execFile);

let rig: JobRig;
beforeAll(async () => {
  rig = await JobRig.start({ artifactLimitBytes: 1_000_000 });
});
afterAll(() => rig[Symbol.asyncDispose]());

/** What `unzip` lists of a job's archive. */
async function namesIn(jobId: string): Promise<{ readonly names: readonly string[]; readonly long: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  try {
    const zip = join(folder, 'archive.zip');
    await writeFile(zip, await rig.control.artifact(jobId));
    const { stdout } = await execute('unzip', ['-Z1', zip]);
    const { stdout: long } = await execute('unzip', ['-Z', zip]);
    await execute('unzip', ['-tq', zip]);
    return { names: stdout.trim().split('\n'), long };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const kept = (job: JobView) => job.artifacts.map(({ type, format, filename }) => `${type} ${format} ${filename}`);

/** A worker with busybox differs from a slim one in its programs and in who unpacks: one journey shows both. */
const JOURNEYS = ['whole', 'slim', 'busybox'] as const satisfies readonly WorkerKind[];
const ALL = ['whole', 'slim'] as const satisfies readonly WorkerKind[];

describe.each(JOURNEYS)('artifacts of a worker that is %s', { timeout: 90_000 }, (worker) => {
  const run = (spec: Omit<RigJob, 'worker'>) => rig.run({ ...spec, worker });
  const isRelayed = worker !== 'whole';

  it('travel from one job to the next: globs, exclusions, links, names with anything in them', async () => {
    const made = await run({
      name: 'make',
      script: [
        `mkdir -p dist/maps dist/empty "dist/name with 'quotes\\" and \\\\slash"`,
        'echo "made by $CI_JOB_NAME" > dist/app.txt; echo map > dist/maps/app.map; ln -s app.txt dist/link; echo out > not-wanted.txt',
        `echo odd > "dist/name with 'quotes\\" and \\\\slash/-file [1]"; chmod 755 dist/app.txt; ln dist/app.txt dist/second`,
        'echo EXTRA=extra.txt >> $GITLAB_ENV; echo extra > extra.txt; : > dist/nothing-in-it',
      ],
      artifacts: [{ name: 'bundle/of $CI_JOB_NAME', paths: ['dist/**/*', '$EXTRA', 'nothing/here'], exclude: ['**/*.map'] }],
    });
    const used = await run({
      script: [
        'cat dist/app.txt dist/second extra.txt dist/name*/*',
        'test -L dist/link && test -d dist/empty && test -x dist/app.txt && test -e dist/nothing-in-it',
        'test ! -e not-wanted.txt && test ! -e dist/maps/app.map',
      ],
      from: [made.job],
    });
    expect([made.job.status, used.job.status], `${made.text}\n${used.text}`).toEqual(['success', 'success']);
    const { names, long } = await namesIn(made.job.id);
    expect([...names].sort()).toEqual([
      'dist/app.txt',
      'dist/empty/',
      'dist/link',
      'dist/maps/',
      `dist/name with 'quotes" and \\slash/`,
      `dist/name with 'quotes" and \\slash/-file [1]`,
      'dist/nothing-in-it',
      'dist/second',
      'extra.txt',
    ]);
    expect(long).toMatch(/^l\S+ .* dist\/link$/m);
    expect(long).toMatch(/^-rwxr-xr-x .* dist\/app\.txt$/m);
    expect(made.lines).toContain('dist/**/*: found 9 matching artifact files and directories');
    expect(made.lines).toContain('**/*.map: excluded 1 files');
    expect(made.text).toContain(
      'WARNING: nothing/here: no matching files. Ensure that the artifact path is relative to the working directory (',
    );
    expect(made.lines).toContain('Uploading artifacts as "archive" to coordinator... 201 Created');
    expect(kept(made.job)).toEqual(['archive zip of make.zip']);
    expect(used.lines).toContain(`Downloading artifacts for make (${made.job.id})...`);
    expect(used.lines).toContain('Downloading artifacts from coordinator... ok 200 OK');
    expect(used.text).toContain('made by make\nmade by make\nextra\nodd');
    expect(made.text.includes('artifacts go through the manager')).toBe(isRelayed);
    expect(used.text.includes('artifacts go through the manager')).toBe(isRelayed);
  });
});

describe.each(ALL)('artifacts of a worker that is %s', { timeout: 90_000 }, (worker) => {
  const run = (spec: Omit<RigJob, 'worker'>) => rig.run({ ...spec, worker });

  it('38, 39: are chosen by the outcome; reports go with them, in every format, all of them in the order of the payload', async () => {
    const script = [
      "echo log > log.txt; echo '<a/>' > a.xml; echo '<b/>' > b.xml; echo KEY=value > build.env; echo '[]' > q.json",
      'exit $CODE',
    ];
    const artifacts = [
      { name: 'log', paths: ['log.txt'], when: 'on_failure' },
      { name: 'junit.xml', paths: ['*.xml'], when: 'always', artifact_type: 'junit', artifact_format: 'gzip' },
      { paths: ['build.env'], when: 'always', artifact_type: 'dotenv', artifact_format: 'gzip' },
      { name: 'q.json', paths: ['q.json'], when: 'always', artifact_type: 'codequality', artifact_format: 'raw', expire_in: '1 week' },
    ];
    const good = await run({ script, artifacts, variables: [{ key: 'CODE', value: '0' }] });
    const bad = await run({ script, artifacts, variables: [{ key: 'CODE', value: '3' }] });
    expect([good.job.status, bad.job.status, bad.job.exitCode], `${good.text}${bad.text}`).toEqual(['success', 'failed', 3]);
    const reports = ['junit gzip junit.xml.gz', 'dotenv gzip artifacts.gz', 'codequality raw q.json'];
    expect([kept(good.job), kept(bad.job)]).toEqual([reports, ['archive zip log.zip', ...reports]]);
    expect(gunzipSync(await rig.control.artifact(bad.job.id, 'junit')).toString()).toBe('<a/>\n<b/>\n');
    expect((await rig.control.artifact(bad.job.id, 'codequality')).toString()).toBe('[]\n');
  });

  it('of untracked files include the ignored ones', async () => {
    const script = ['git init -q . && echo "*.log" > .gitignore && echo a > a.log && echo b > b.txt && mkdir c && echo c > c/c.txt'];
    const made = await run({ script, artifacts: [{ untracked: true, paths: [], exclude: ['c/**/*'] }] });
    expect(made.job.status, made.text).toBe('success');
    expect([...(await namesIn(made.job.id)).names].sort()).toEqual(['.gitignore', 'a.log', 'b.txt']);
    expect(made.lines).toContain('untracked: found 4 files');
  });

  it('that match nothing, or lie outside of the project, leave the job green and GitLab alone', async () => {
    const before = (await rig.control.requests()).length;
    const artifacts = [{ paths: ['nowhere'] }, { paths: ['../../secret', '/etc/passwd'], artifact_type: 'junit', artifact_format: 'gzip' }];
    const { job, lines, text } = await run({ script: ['true'], artifacts });
    expect(job.status, text).toBe('success');
    expect(lines.filter((line) => line === 'ERROR: No files to upload')).toHaveLength(2);
    expect(lines).toContain('WARNING: /etc/passwd: not a path in the project directory, left out');
    expect(lines).toContain('WARNING: ../../secret: not a path in the project directory, left out');
    expect((await rig.control.requests()).slice(before).filter(({ method, path }) => method === 'POST' && /artifacts/.test(path))).toEqual(
      [],
    );
  });

  it('of raw format are one file, or an error that says so', async () => {
    const artifacts = [{ paths: ['*.txt'], artifact_type: 'codequality', artifact_format: 'raw' }];
    const two = await run({ script: ['echo a > a.txt; echo b > b.txt'], artifacts });
    expect([two.job.status, two.job.failureReason]).toEqual(['failed', 'script_failure']);
    expect(two.lines).toContain('ERROR: a raw artifact is exactly one file, and 2 match');
  });

  it('that are larger than GitLab allows fail the job, readably', async () => {
    const large = await run({ script: ['head -c 3000000 /dev/urandom > blob'], artifacts: [{ paths: ['blob'] }] });
    expect([large.job.status, large.job.failureReason], large.text).toEqual(['failed', 'script_failure']);
    expect(large.text).toMatch(/^ERROR: Uploading artifacts as "archive" to coordinator\.\.\. 413/m);
    expect(large.text).toContain('larger than this GitLab allows');
  });

  it('that have expired, or never were, fail the next job before its script', async () => {
    const short = await run({ name: 'short', script: ['echo a > a'], artifacts: [{ paths: ['a'], expire_in: '0 seconds' }] });
    expect(short.job.status, short.text).toBe('success');
    const user = await run({ script: ['echo never'], from: [short.job] });
    expect([user.job.status, user.job.failureReason], user.text).toEqual(['failed', 'script_failure']);
    expect(user.text).toMatch(/^ERROR: Downloading artifacts from coordinator\.\.\. 404/m);
    expect(user.text).toContain('it has expired: run that job again');
    expect(user.lines).not.toContain('never');
    const none = await run({ name: 'none', script: ['true'] });
    const other = await run({ script: ['echo never'], from: [none.job] });
    expect([other.job.status, other.job.failureReason], other.text).toEqual(['failed', 'script_failure']);
    expect(other.text).toMatch(/^ERROR: Downloading artifacts from coordinator\.\.\. 404/m);
    expect(other.lines).not.toContain('never');
  });

  it('are fetched from the object storage, in the order of the payload, and no token goes there', async () => {
    const make = (text: string) =>
      run({ name: text, script: [`echo ${text} > same; echo ${text} > ${text}`], artifacts: [{ paths: ['same', text] }] });
    const from = [(await make('one')).job, (await make('two')).job];
    await rig.control.turn({ areArtifactsRemote: true });
    const used = await run({ script: ['cat same one two'], from });
    await rig.control.turn({ areArtifactsRemote: false });
    expect(used.text).toContain('two\none\ntwo');
    expect(await rig.control.findings()).toEqual([]);
  });
});
