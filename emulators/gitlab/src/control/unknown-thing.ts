import { CodedError } from '@fargate-gitlab-runner/kernel';

/** The error for a runner, job or pipeline that control is asked about and that is not there. */
export function unknownThing(what: string, given: string): CodedError {
  return new CodedError({ code: 'FR_GITLAB_EMULATOR_UNKNOWN', what: `there is no such ${what}`, given });
}
