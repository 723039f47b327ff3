import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { GitLabApi } from './first-run/gitlab-api.ts';
import { isGood, resultSheet } from './first-run/sheet.ts';

/**
 * Runs the probe pipeline of examples/first-run in a project of the user's GitLab and prints a result sheet. docs/how-to/first-run-on-aws.md
 * says how. Exit code 0: all as expected; 1: not; 64: wrong command line.
 */
const USAGE = `usage: GITLAB_TOKEN=... npm run first-run -- --gitlab URL --project PATH --tag TAG
         [--ref main] [--addresses "https://... https://..."] [--cluster ARN] [--endpoint URL] [--pause-ms 5000] [--sheet FILE]`;

const { values } = parseArgs({
  options: {
    gitlab: { type: 'string' },
    project: { type: 'string' },
    tag: { type: 'string' },
    ref: { type: 'string', default: 'main' },
    addresses: { type: 'string', default: '' },
    cluster: { type: 'string' },
    endpoint: { type: 'string' },
    'pause-ms': { type: 'string', default: '5000' },
    sheet: { type: 'string' },
  },
});
const { gitlab, project, tag } = values;
const token = process.env.GITLAB_TOKEN;
if (gitlab === undefined || project === undefined || tag === undefined || !token) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(64);
}

const api = new GitLabApi({ url: gitlab, project, token });
const pipeline = await api.startPipeline(values.ref, { PROBE_TAG: tag, PROBE_ADDRESSES: values.addresses });
process.stderr.write(`pipeline ${pipeline} runs\n`);
let state = await api.pipelineStatus(pipeline);
while (!state.isFinished) {
  await sleep(Number(values['pause-ms']));
  state = await api.pipelineStatus(pipeline);
}
const found = {
  date: new Date().toISOString().slice(0, 10),
  pipelineStatus: state.status,
  jobs: await api.jobs(pipeline),
  tasksLeft: values.cluster === undefined ? undefined : await tasksLeft(values.cluster),
};
const sheet = resultSheet(found);
if (values.sheet === undefined) process.stdout.write(sheet);
else await writeFile(values.sheet, sheet);
process.exitCode = isGood(found) ? 0 : 1;

/** Running tasks that managers started. They stop theirs within seconds of a job's end, so that one more look is enough. */
async function tasksLeft(cluster: string): Promise<string[]> {
  const client = new ECSClient({
    region: cluster.split(':')[3] ?? '',
    ...(values.endpoint !== undefined && { endpoint: values.endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  });
  for (let look = 0; ; look += 1) {
    const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, desiredStatus: 'RUNNING' }));
    if (taskArns.length === 0 || look === 6) return taskArns;
    await sleep(Number(values['pause-ms']));
  }
}
