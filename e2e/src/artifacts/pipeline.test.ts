import { closeRig, endedJob, Rig } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const PIPELINE = `
stages: [build, test]
variables: { GIT_STRATEGY: empty }
make:
  stage: build
  script:
    - mkdir dist
    - echo "made by $CI_JOB_NAME" > dist/app.txt
    - echo "VERSION=1.$((1 + 1))" > build.env
  artifacts:
    paths: [dist/]
    reports: { dotenv: build.env }
use:
  stage: test
  script: ['echo "$(cat dist/app.txt), version $VERSION"']
`;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
  await rig.startManager();
});
afterAll(() => closeRig(rig));

it('a pipeline hands files and dotenv variables of one job to the next', async () => {
  const started = await rig.gitlab.control.createPipeline({ yml: PIPELINE });
  if (started.kind === 'invalid') throw new Error(JSON.stringify(started.problems));
  const ended = await Promise.all(started.pipeline.jobs.map(({ id }) => endedJob(rig, id)));
  const text = ended.map((job) => job.text).join('\n');
  expect(
    ended.map(({ job }) => [job.name, job.status]),
    text,
  ).toEqual([
    ['make', 'success'],
    ['use', 'success'],
  ]);
  expect(ended[1]?.lines).toContain('made by make, version 1.2');
});
