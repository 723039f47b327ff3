import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { notYet } from '../../shell/not-yet.ts';
import { readPlacement } from '../../fleet/stored-placement.ts';
import type { JobRecord } from '../../store/job-record.ts';
import type { SayLine } from '../trace/trace-lines.ts';
import type { TracedJob } from '../drive/traced-job.ts';

/** The section in which the worker is got. Source: GitLab runner, section names. */
const PREPARE = 'prepare_executor';
/** The key of the line that says that there is a worker: the first of those about it. */
export const WORKER_ANSWERS = 'prepare.worker';

/** Says all that the record knows of how the job got its worker. A predecessor may have died before its own words were kept. */
export function sayPreparation(traced: TracedJob): void {
  sayOpening(traced);
  traced.say.sectionStart('prepare.start', { name: PREPARE, heading: 'Preparing the "fargate" executor' });
  sayPlacements(traced.say, traced.job.record);
  sayWorker(traced);
}

/** Says who runs the job, and what this version ignores of it. */
export function sayOpening(traced: TracedJob): void {
  const { say, tools, facts, job } = traced;
  const { version, revision, systemId } = tools.settings;
  say.plain('opening', `Running with ${PROGRAM_NAME} ${version} (${revision})`);
  say.plain('opening.runner', `  on ${facts.runner.name} ${facts.shortToken}, system ID: ${systemId}`);
  for (const [at, sentence] of notYet(job.record.payload).entries()) say.warning(`opening.not-yet.${at}`, sentence);
}

/** Says what the record knows of the job's placements, each fact once. */
export function sayPlacements(say: SayLine, record: JobRecord): void {
  for (const [at, { id, request, taskArn, failure }] of record.placements.entries()) {
    const key = `placement.${at + 1}`;
    const { runTask } = readPlacement(request);
    const capacity = runTask.capacityProviderStrategy.map((item) => item.capacityProvider).join(' or ');
    say.plain(key, `Placing the job on cluster ${runTask.cluster} with ${runTask.taskDefinition} on ${capacity} (placement ${id})...`);
    if (taskArn !== undefined) say.plain(`${key}.task`, `Worker task ${taskArn} is starting...`);
    if (failure !== undefined) say.warning(`${key}.failed`, `Placement ${at + 1} failed: ${failure}`);
  }
}

/** Says that there is a worker, when there is, and closes the section. */
export function sayWorker({ job, say }: TracedJob): void {
  const { worker } = job.record;
  if (!worker) return;
  const isProved = worker.proof === 'proved';
  if (!isProved)
    say.warning('worker.unverified', 'This worker could not prove that it is the task we started: its environment is not readable.');
  say.plain(WORKER_ANSWERS, `Worker ${worker.host} answers over SSH${isProved ? '' : ', unverified'}.`);
  say.sectionEnd('prepare.end', PREPARE);
}
