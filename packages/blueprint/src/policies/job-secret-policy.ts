import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** A service that keeps secrets of jobs, by the third part of an ARN. */
const SERVICES = [
  { service: 'secretsmanager', Sid: 'JobSecrets', action: 'secretsmanager:GetSecretValue' },
  { service: 'ssm', Sid: 'JobParameters', action: 'ssm:GetParameter' },
] as const;

/**
 * What a manager may read on behalf of jobs: the secrets and parameters that the operator lists, `*` and `?` as they stand. Undefined where
 * nothing is listed. A key of the customer's over one of them is used by permission of that key's policy.
 */
export function jobSecretPolicy(arns: readonly string[]): PolicyDocument | undefined {
  const statements = SERVICES.flatMap(({ service, Sid, action }): PolicyStatement[] => {
    const Resource = arns.filter((arn) => arn.split(':')[2] === service);
    return Resource.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action: [action], Resource }];
  });
  return statements.length === 0 ? undefined : policyDocument(statements);
}
