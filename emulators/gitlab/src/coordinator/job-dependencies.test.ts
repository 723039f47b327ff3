import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startRig } from '../rig.test-double.ts';
import { isObject } from '../wire/shape.ts';

const ZIP = Buffer.from('PK\x03\x04 what a zip holds');

const PIPELINE = `
stages: [build, test]
make: { stage: build, script: [a] }
all: { stage: test, script: [b], variables: { VERSION: of the job } }
none: { stage: test, script: [c], dependencies: [] }
named: { stage: test, script: [d], dependencies: [make] }
needing: { stage: test, script: [e], needs: [make] }
apart: { stage: test, script: [f], needs: [{ job: make, artifacts: false }] }
`;

const WITH = { files: [{ filename: 'bundle.zip', size: ZIP.length }], version: '1.2', given: 'person' };
const WITHOUT = { files: [], version: undefined, given: 'person' };

test('archive and dotenv variables reach the jobs that a job comes before by stages, dependencies or needs', async () => {
  await using rig = await startRig();
  await rig.gitlab.control.createPipeline({ yml: PIPELINE, variables: [{ key: 'GIVEN', value: 'person' }] });
  const made = jobOf(await (await rig.runner.request()).json());
  await rig.runner.put(made, { state: 'running' });
  await rig.runner.upload(made, ZIP, { filename: 'bundle.zip' });
  const query = '?artifact_type=dotenv&artifact_format=gzip';
  await rig.runner.upload(made, gzipSync('VERSION=1.2\nGIVEN=report\n'), { query, filename: 'dotenv.gz' });
  await rig.runner.finish(made, { state: 'success' });
  const received = new Map<string, object>();
  for (let left = 5; left > 0; left--) {
    const { name, files, version, given } = jobOf(await (await rig.runner.request()).json());
    received.set(name, { files, version, given });
  }
  expect(Object.fromEntries(received)).toEqual({ all: WITH, none: WITHOUT, named: WITH, needing: WITH, apart: WITHOUT });
});

/** What matters here of a payload; `version` and `given` are what the last variables of their names say. */
function jobOf(payload: unknown) {
  const { id, token, job_info: info, variables, dependencies } = isObject(payload) ? payload : {};
  const lastOf = (key: string) => objects(variables).findLast((variable) => variable.key === key)?.value;
  return {
    id: String(id),
    token: String(token),
    name: String(isObject(info) ? info.name : undefined),
    files: objects(dependencies).map((dependency) => dependency.artifacts_file),
    version: lastOf('VERSION'),
    given: lastOf('GIVEN'),
  };
}

function objects(value: unknown) {
  return Array.isArray(value) ? value.filter((item: unknown) => isObject(item)) : [];
}
