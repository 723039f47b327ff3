import { matchesArn } from '@fargate-gitlab-runner/blueprint';
import type { CrossCheck } from './cross-check.ts';

/** A job that can read the runners' tokens is a runner of its own: no pattern may reach that secret. */
export const checkJobSecrets: CrossCheck = ({ draft }) => {
  const { job_secret_arns: patterns = [], gitlab_token_secret_arn: token } = draft;
  if (token === undefined) return [];
  const whole = token.split(':').slice(0, 7).join(':');
  return patterns.flatMap((pattern, at) =>
    matchesArn(pattern, whole) ? [{ code: 'FR_CONFIG_JOB_SECRET_TOKEN' as const, path: ['job_secret_arns', at], given: pattern }] : [],
  );
};
