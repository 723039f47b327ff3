import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { IamRequest } from '@fargate-gitlab-runner/emulator-aws';
import { ACCOUNT, BUCKETS, MANAGER_ROLE, type SynthesisedPolicies } from './deployment-under-test.ts';

/** What IAM says to a request, and by which statements: `<policy>/<Sid>/<action>`. */
export interface IamAnswer {
  readonly isAllowed: boolean;
  readonly by: readonly string[];
}

/**
 * What IAM would say to a request under the synthesised policies, those of the bucket or key that it is about included. The library knows
 * which resources and condition keys each action has, so that a condition on a key that AWS doesn't fill in denies.
 */
export async function askIam(request: IamRequest, policies: SynthesisedPolicies, principal = MANAGER_ROLE): Promise<IamAnswer> {
  const { action, resource } = request;
  const resourcePolicy = policies.resources.get(resource.startsWith('arn:aws:s3') ? (resource.split('/')[0] ?? '') : resource);
  const results = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { ...request.context, 'aws:SecureTransport': 'true', 'aws:PrincipalArn': principal },
      },
      identityPolicies: [...policies.manager],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy && { resourcePolicy }),
    },
    {},
  );
  if (results.resultType === 'error') throw new Error(`${action} ${resource}: ${JSON.stringify(results.errors)}`);
  const isAllowed = results.overallResult === 'Allowed';
  return { isAllowed, by: isAllowed ? allowing(request, results.resultType === 'single' ? results.result.analysis : undefined) : [] };
}

interface Analysis {
  readonly identityAnalysis?: {
    readonly allowStatements: readonly { readonly policyId?: string | undefined; readonly statement: { sid(): string | undefined } }[];
  };
}

function allowing({ action }: IamRequest, analysis: Analysis | undefined): string[] {
  const statements = analysis?.identityAnalysis?.allowStatements ?? [];
  return statements.map(({ policyId, statement }) => `${policyId}/${statement.sid()}/${action}`);
}

/** What S3 asks of KMS in the name of whoever reads or writes an object: every bucket of a deployment is encrypted with a key of its own. */
export function askedByS3({ action, resource }: IamRequest): IamRequest[] {
  const key = new Map<string, string>(Object.entries(BUCKETS)).get(resource.slice('arn:aws:s3:::'.length).split('/')[0] ?? '');
  if (key === undefined) return [];
  const context = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
  const of = (name: string) => ({ action: name, resource: key, context });
  if (action === 's3:GetObject') return [of('kms:Decrypt')];
  return action === 's3:PutObject' ? [of('kms:GenerateDataKey')] : [];
}
