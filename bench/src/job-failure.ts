import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Rig, traceLines } from '@fargate-gitlab-runner/testkit';

const LAST_LINES = 8;

/** An error that says how a job ended that should have succeeded, with the end of its log and what the managers said about it. */
export async function jobFailure(rig: Rig, jobId: string): Promise<Error> {
  const { control } = rig.gitlab;
  const { status, failureReason } = await control.job(jobId);
  const trace = traceLines(await control.trace(jobId)).slice(-LAST_LINES);
  const logs = (await readdir(rig.folder)).filter((name) => name.endsWith('.log'));
  const texts = await Promise.all(logs.map((name) => readFile(join(rig.folder, name), 'utf8')));
  const said = texts.flatMap((text) => text.split('\n').filter((line) => line.includes(jobId) || /"level":"(warn|error)"/.test(line)));
  const what = `job ${jobId} ended as ${status} (${failureReason ?? 'no reason'}):`;
  return new Error([what, ...trace, ...said.slice(-LAST_LINES)].join('\n  '));
}
