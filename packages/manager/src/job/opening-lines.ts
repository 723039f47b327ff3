import { PROGRAM_NAME } from '@fargate-gitlab-runner/blueprint';
import { notYet } from '../shell/not-yet.ts';
import type { TracedJob } from './traced-job.ts';

/** The section in which the worker is got. Source: GitLab runner, section names. */
const PREPARE = 'prepare_executor';

/** Says who runs the job, what this version ignores of it, and opens the section in which the worker is got. */
export function sayOpening(traced: TracedJob): void {
  const { say, tools, facts, job } = traced;
  const { version, revision, systemId } = tools.settings;
  say.plain('opening', `Running with ${PROGRAM_NAME} ${version} (${revision})`);
  say.plain('opening.runner', `  on ${facts.runner.name} ${facts.shortToken}, system ID: ${systemId}`);
  for (const [at, sentence] of notYet(job.record.payload).entries()) say.warning(`opening.not-yet.${at}`, sentence);
  say.sectionStart('prepare.start', { name: PREPARE, heading: 'Preparing the "fargate" executor' });
}

/** Says that there is a worker, and closes the section. */
export function sayWorker(traced: TracedJob): void {
  const { worker } = traced.job.record;
  if (worker)
    traced.say.plain('prepare.worker', `Worker ${worker.host} answers over SSH${worker.proof === 'proved' ? '' : ', unverified'}.`);
  traced.say.sectionEnd('prepare.end', PREPARE);
}
