import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '@fargate-gitlab-runner/kernel';

/** Compares without telling by its duration how much was right. */
export function isSameSecret(secret: Secret, claimed: string): boolean {
  const expected = Buffer.from(secret.reveal());
  const given = Buffer.from(claimed);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
