import type { UpdateClaim } from './apply-update.ts';
import type { Job } from './job.ts';
import type { BrokenRule } from './judge-request.ts';
import { isObject } from '../wire/shape.ts';

/**
 * What is wrong with a PUT in view of the job it is about. To be called before the update is applied. The checksum and size of
 * a final update must be those of the stored trace: everything is to be sent before it.
 */
export function judgeUpdate(job: Job, claim: UpdateClaim): readonly BrokenRule[] {
  const rules: BrokenRule[] = [];
  const body = isObject(claim.body) ? claim.body : {};
  if (!isObject(body.output)) rules.push(['output', 'output is missing']);
  if (claim.exitCode === 0) rules.push(['exit-code', 'exit_code 0 is sent']);
  if (claim.failureReason !== undefined && claim.state !== 'failed')
    rules.push(['failure-reason', `failure_reason with state ${claim.state}`]);
  if (body.checksum !== undefined && body.checksum !== claim.checksum)
    rules.push(['checksum-copies', 'checksum and output.checksum differ']);
  return [...rules, ...(claim.state === 'running' ? judgeRunning(job, claim) : judgeFinal(job, claim))];
}

function judgeRunning(job: Job, claim: UpdateClaim): readonly BrokenRule[] {
  if (job.updates.length > 0) return [];
  if (claim.checksum === undefined && claim.bytesize === undefined) return [];
  return [['first-update', 'the first PUT of a job has an empty output']];
}

function judgeFinal(job: Job, claim: UpdateClaim): readonly BrokenRule[] {
  const { trace, finalUpdate, updates } = job;
  const rules: BrokenRule[] = [];
  if (claim.state === 'success' && !updates.some((update) => update.state === 'running'))
    rules.push(['success-before-running', 'the job is said to have succeeded and was never said to run']);
  if (finalUpdate && !isSame(finalUpdate, claim)) rules.push(['final-changed', `first ${finalUpdate.state}, then ${claim.state}`]);
  if (claim.checksum !== trace.checksum) rules.push(['checksum', `claimed ${claim.checksum}, stored ${trace.checksum}`]);
  if ((claim.bytesize ?? 0) !== trace.size) rules.push(['bytesize', `claimed ${claim.bytesize}, stored ${trace.size}`]);
  return [...rules, ...judgeMasking(job)];
}

/** The stored trace as a whole: a value cut in two by chunks is found as well. */
function judgeMasking({ token, trace, spec }: Job): readonly BrokenRule[] {
  const masked = spec.variables.filter((variable) => variable.masked === true && variable.value !== '');
  const stored = trace.bytes();
  const leaks = [{ key: 'CI_JOB_TOKEN', value: token }, ...masked].filter(({ value }) => stored.includes(value));
  return leaks.map(({ key }) => ['unmasked', `the value of ${key} is in the trace`]);
}

function isSame(first: UpdateClaim, second: UpdateClaim): boolean {
  return first.state === second.state && first.failureReason === second.failureReason && first.exitCode === second.exitCode;
}
